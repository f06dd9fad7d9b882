"""LAMB (arXiv:1904.00962)."""

from typing import Literal

from sympy import Min, Symbol, sqrt

from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import Norm
from lawful.verify.rules.adam import CORRECTION
from lawful.verify.rules.lars import RATIOS, only_with_decay, trust

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-6, weight_decay: 0.0}
M, V, U, RATIO = Symbol("m_hat"), Symbol("v_hat"), Symbol("u_t"), Symbol("r_t")


CLAMP: Words = {
    "clamp": {
        False: "the weight's norm as it is",
        True: "the weight's norm clamped to 10",
        "ratio": "the ratio clamped to 10",
    }
}


@family(words={**CORRECTION, **CLAMP, **RATIOS})
def lamb(
    *,
    bias_correction: bool = True,
    clamp: Literal[False, True, "ratio"] = False,
    ratio: Literal["always", "with decay"] = "always",
) -> Rule:
    """Adam's direction with decay, made as long as the weight; `clamp` takes no weight for longer than 10, or no ratio.

    `ratio="with decay"` is timm's and apex's default: Adam where there is no decay. The code it was checked against is
    the one that the paper's abstract names.
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    bc1, bc2 = (1 - beta1**t, 1 - beta2**t) if bias_correction else (1, 1)
    u_t = (m_t / bc1) / (sqrt(v_t / bc2) + eps) + weight_decay * x
    length = Min(Norm(x), 10) if clamp is True else Norm(x)
    r_t = trust(length / Norm(u_t), length, Norm(u_t))
    r_t = Min(r_t, 10) if clamp == "ratio" else r_t
    r_t = only_with_decay(r_t) if ratio == "with decay" else r_t
    return Rule(
        "lamb",
        x=x - lr * r_t * u_t,
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source(
            "arXiv:1904.00962v5", "Algorithm 2, from memory", checked="tensorflow/addons@d208d752e9"
        ),
        names={M: m_t / bc1, V: v_t / bc2, U: u_t, RATIO: r_t},
    )
