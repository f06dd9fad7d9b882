"""Lion (arXiv:2302.06675)."""

from sympy import Symbol, sign

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import Spellings, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, weight_decay, x

DEFAULTS = {lr: 1e-4, beta1: 0.9, beta2: 0.99, weight_decay: 0.0}
G, C = Symbol("g_t"), Symbol("c_t")


SPELLED: Spellings = {**SPELLINGS, "decouple": {"weight_decouple": {True: True, False: False}}}
"""`decoupled_weight_decay` is no word for `decouple` here: every Lion decays apart from the gradient, and a
constructor that has it means apart from the learning rate."""


@family(spellings=SPELLED, words=WORDS)
def lion(*, decouple: bool = True, decay: Decay = "lr*wd") -> Rule:
    """The sign of an average that weighs the present by 1 − β1; the average kept forgets at β2."""
    g_t = g if decouple else l2_gradient()
    c_t = beta1 * m + (1 - beta1) * g_t
    m_t = beta2 * m + (1 - beta2) * g_t
    decayed = shrunk(x, decay) if decouple else x
    source = Source("arXiv:2302.06675", "Algorithm 2, from memory", checked="google/automl@6a54c8741e")
    return Rule(
        "lion",
        decayed - lr * sign(c_t),
        {m: m_t},
        with_start(DEFAULTS, decay),
        source,
        names={G: g_t, C: c_t},
    )
