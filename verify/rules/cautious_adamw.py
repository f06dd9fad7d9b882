"""Cautious AdamW (arXiv:2411.16085)."""

from typing import Literal

from sympy import Max, Rational, Symbol

from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import IfPositive, Total, n
from lawful.verify.rules._decay import SPELLINGS, WORDS, Decay, shrunk, with_start
from lawful.verify.rules.adam import DEFAULTS, EPS, denominator

M, V, MASK, SCALE = Symbol("m_hat"), Symbol("v_hat"), Symbol("phi_t"), Symbol("s_t")


SHARE = Rational(1, 1000)
"""The least mean of the mask that is divided by."""

MASKS: Words = {
    "mask_scale": {"sum": "a mask times n/(Σ + 1)", "mean": "a mask over its mean, 1e-3 at least"}
}


@family(spellings=SPELLINGS, words={**WORDS, **MASKS, **EPS})
def cautious_adamw(
    *,
    decay: Decay = "lr*wd",
    mask_scale: Literal["sum", "mean"] = "sum",
    eps: Literal["outside", "hat"] = "outside",
) -> Rule:
    """AdamW that moves a lane only where average and gradient agree in sign, and those further for it.

    The authors' first code divides by the sum, today's by the mean (`mask_scale="mean"`); that has eps 1e-6 and no
    decay by default, and in its loop, though not with foreach, Adam's epsilon hat (`eps="hat"`).
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    mask = IfPositive(m_t * g, 1, 0)
    scale = n / (Total(mask) + 1) if mask_scale == "sum" else 1 / Max(Total(mask) / n, SHARE)
    step = lr * scale * mask * (m_t / (1 - beta1**t)) / denominator(v_t, 1 - beta2**t, eps)
    return Rule(
        "cautious_adamw",
        x=shrunk(x, decay) - step,
        state={m: m_t, v: v_t},
        defaults=with_start({**DEFAULTS, weight_decay: 1e-2}, decay),
        source=Source(
            "arXiv:2411.16085",
            "Algorithm 2, from memory, with the scaling of the first released code",
            checked="kyleliang919/C-Optim@2c0517c4db",
        ),
        names={M: m_t / (1 - beta1**t), V: v_t / (1 - beta2**t), MASK: mask, SCALE: scale},
    )
