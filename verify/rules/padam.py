"""Padam (arXiv:1806.06763): Adam that divides by a power of the root."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, v_max, weight_decay, x

partial = Symbol("partial", positive=True)
G = Symbol("g_t")

DEFAULTS = {lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, partial: 0.25}
MAXIMUM: Words = {"amsgrad": {True: "the maximum of the second moment", False: "no maximum"}}


@family(words={**WORDS, **MAXIMUM})
def padam(*, amsgrad: bool = True, decouple: bool = False) -> Rule:
    """m over (√v + eps)^(2p), where v is the largest second moment so far: p = ½ is AMSGrad, p = 0 would be SGD.

    Bias corrections as in the authors' code, that of the second moment outside of the power.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    second = Max(v_max, v_t) if amsgrad else v_t
    rate = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    return Rule(
        "padam",
        x=(shrunk(x) if decouple else x) - rate * m_t / (sqrt(second) + eps) ** (2 * partial),
        state={m: m_t, v: v_t, **({v_max: second} if amsgrad else {})},
        defaults=DEFAULTS,
        domains={partial: Domain((0.25, 0.4, 0.125, 0.5), high=1.0, open_low=True)},
        source=Source("arXiv:1806.06763", "Algorithm 1, from memory", checked="uclaml/Padam@26212ab160"),
        names={G: g_t},
    )
