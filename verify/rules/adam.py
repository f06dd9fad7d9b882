"""Adam, AdamW and AMSGrad."""

from typing import Literal

from sympy import Expr, Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, v_max, weight_decay, x

Eps = Literal["outside", "hat", "inside"]
"""√v̂ + eps (torch); √v + eps with lr·√(1−β2ᵗ)/(1−β1ᵗ), the paper's epsilon hat (TensorFlow); √(v̂ + eps)."""

Maximum = Literal[False, True, "paper", "corrected"]
"""AMSGrad's maximum: none; of the raw v, corrected afterwards (torch); without any correction; of the corrected v."""

EPS: Words = {
    "eps": {
        "outside": "eps outside the corrected root",
        "hat": "eps outside the uncorrected root (epsilon hat)",
        "inside": "eps inside the root",
    }
}
CORRECTION: Words = {"bias_correction": {True: "bias correction", False: "no bias correction"}}
AMSGRAD: Words = {
    "amsgrad": {
        False: "no maximum",
        True: "the maximum of the raw second moment, corrected afterwards",
        "paper": "the maximum of the raw second moment, and no bias correction",
        "corrected": "the maximum of the corrected second moment",
    }
}
ORDER: Words = {"decay_order": {"before": "decay of the old weight", "after": "decay of the updated weight"}}

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8}
G, M, V = Symbol("g_t"), Symbol("m_hat"), Symbol("v_hat")
CODE = "torch 2.13.0 and loshchil/AdamW-and-SGDW@0ae5185b3c"


def denominator(second: Expr, correction: Expr, eps_place: Eps) -> Expr:
    """The root of the corrected second moment, with eps where the convention puts it."""
    if eps_place == "hat":
        return (sqrt(second) + eps) / sqrt(correction)
    if eps_place == "inside":
        return sqrt(second / correction + eps)
    return sqrt(second / correction) + eps


def adam_like(
    wd: float,
    source: Source,
    decouple: bool,
    decay: Decay = "lr*wd",
    decay_order: Literal["before", "after"] = "before",
    eps_place: Eps = "outside",
    bias_correction: bool = True,
    amsgrad: Maximum = False,
) -> Rule:
    """Algorithm 1 of arXiv:1412.6980 with every convention of the field."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2

    corrected = bias_correction and amsgrad != "paper"
    bc1, bc2 = (1 - beta1**t, 1 - beta2**t) if corrected else (1, 1)
    state = {m: m_t, v: v_t}
    second = v_t
    if amsgrad == "corrected":
        second, bc2, state[v_max] = (top := Max(v_max, v_t / bc2)), 1, top
    elif amsgrad:
        second = state[v_max] = Max(v_max, v_t)

    step = lr * (m_t / bc1) / denominator(second, bc2, eps_place)
    names = {G: g_t, M: m_t / bc1, V: second / bc2}
    if not decouple:
        new = x - step
    elif decay_order == "before":
        new = shrunk(x, decay) - step
    else:
        new = shrunk(x - step, decay)
    return Rule("adam", new, state, with_start({**DEFAULTS, weight_decay: wd}, decay), source, names=names)


@family(words={**EPS, **CORRECTION, **AMSGRAD})
def adam(*, amsgrad: Maximum = False, eps: Eps = "outside", bias_correction: bool = True) -> Rule:
    """torch.optim.Adam: L2 regularisation, eps outside the corrected root. With decoupled decay it is `adamw`."""
    source = Source("arXiv:1412.6980", "Algorithm 1, from memory", checked="torch 2.13.0")
    return adam_like(0.0, source, False, eps_place=eps, bias_correction=bias_correction, amsgrad=amsgrad)


@family(spellings=SPELLINGS, words={**WORDS, **EPS, **CORRECTION, **AMSGRAD, **ORDER})
def adamw(
    *,
    decouple: bool = True,
    amsgrad: Maximum = False,
    eps: Eps = "outside",
    bias_correction: bool = True,
    decay: Decay = "lr*wd",
    decay_order: Literal["before", "after"] = "before",
) -> Rule:
    """torch.optim.AdamW: the old weight decays by lr·wd.

    The paper's and its authors' decay does not scale with the first lr; theirs is `adamwr`.
    """
    source = Source("arXiv:1711.05101", "Algorithm 2, from memory", checked=CODE)
    return adam_like(1e-2, source, decouple, decay, decay_order, eps, bias_correction, amsgrad)


@family(words={**EPS, **AMSGRAD})
def amsgrad(*, amsgrad: Literal[True, "paper", "corrected"] = True, eps: Eps = "outside") -> Rule:
    """AMSGrad: Adam that divides by the largest second moment so far."""
    source = Source("arXiv:1904.09237", "Algorithm 2, from memory", checked="torch 2.13.0")
    return adam_like(0.0, source, False, eps_place=eps, amsgrad=amsgrad)
