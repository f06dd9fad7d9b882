"""PNM, positive-negative momentum (arXiv:2103.17182)."""

from typing import Literal

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Spellings, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, weight_decay, x

m_prev = Symbol("m_prev", real=True)
G = Symbol("g_t")

NOISE = Domain((1.0, 0.5, 0.3, 0.0), high=10.0)
CODE = "zeke-xie/Positive-Negative-Momentum@5fff62ae5b"
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 1.0, weight_decay: 0.0}
SPELLED: Spellings = {
    **SPELLINGS,
    "decouple": {"decoupled": {False: False, True: True}, "weight_decouple": {False: False, True: True}},
}


@family(spellings=SPELLED, words=WORDS)
def pnm(*, decouple: bool = True, decay: Literal["lr*wd", "wd"] = "lr*wd") -> Rule:
    """Two averages, one of the odd gradients and one of the even: 1 + β2 of the newer less β2 of the other.

    The step is divided by √((1 + β2)² + β2²), so that independent noise is as large in it as in one average. The
    authors' code has no default for lr.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1**2 * m_prev + (1 - beta1**2) * g_t
    step = ((1 + beta2) * m_t - beta2 * m) / sqrt((1 + beta2) ** 2 + beta2**2)
    return Rule(
        "pnm",
        x=(shrunk(x, decay) if decouple else x) - lr * step,
        state={m: m_t, m_prev: m},
        defaults=DEFAULTS,
        domains={beta2: NOISE},
        source=Source("arXiv:2103.17182", "Algorithm 1, from memory", checked=CODE),
        names={G: g_t},
    )
