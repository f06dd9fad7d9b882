"""BCOS, block-coordinate optimal step sizes (arXiv:2507.08963)."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, m, t, weight_decay, x

beta = Symbol("beta", nonnegative=True)
G, M, V = Symbol("g_t"), Symbol("m_t"), Symbol("v_t")

DEFAULTS = {lr: 1e-3, beta: 0.9, eps: 1e-6, weight_decay: 0.1}
SPELLED: Spellings = {"simple": {"simple_cond": {True: True, False: False}}}
FORMS: Words = {
    "simple": {
        True: "the simple conditional estimator",
        False: "the conditional estimator with its cross term",
    },
    "given": {"old": "the momentum before its update", "new": "the momentum after its update"},
}


@family(spellings=SPELLED, words={**WORDS, **FORMS})
def bcos(*, decouple: bool = True, simple: bool = True, given: Literal["old", "new"] = "old") -> Rule:
    """The momentum over the root of its second moment, given the momentum before, which begins at the first gradient.

    Mode 'c', the default of the authors' code, which has the simple form alone; pytorch_optimizer takes the new
    momentum for the old (`given="new"`), by default with the cross term.
    """
    g_t = g if decouple else l2_gradient()
    old = Piecewise((g, Eq(t, 1)), (m, True))
    m_t = beta * old + (1 - beta) * g_t
    seen, rest = old if given == "old" else m_t, (1 - beta) ** 2
    if simple:
        v_t = (1 - rest) * seen**2 + rest * g_t**2
    else:
        v_t = (3 * beta**2 - 2 * beta**3) * seen**2 + rest * g_t**2 + 2 * beta * rest * seen * g_t
    return Rule(
        "bcos",
        x=(shrunk(x) if decouple else x) - lr * m_t / (sqrt(v_t) + eps),
        state={m: m_t},
        defaults=DEFAULTS,
        domains={beta: WEIGHT},
        source=Source(
            "arXiv:2507.08963",
            "the conditional estimator; its other form and the moments from the authors' code",
            checked="facebookresearch/bcos@0a01797c62",
        ),
        names={G: g_t, M: m_t, V: v_t},
    )
