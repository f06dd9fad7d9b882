"""AdaSmooth (arXiv:2204.00825): the further in one direction, the shorter the memory of squares."""

from sympy import Abs, Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, weight_decay, x

before, moved, ways = (
    Symbol("x_prev", real=True),
    Symbol("moved", real=True),
    Symbol("ways", nonnegative=True),
)
v = Symbol("v", real=True)
"""Never negative, for c lies between 1 − β₂ and 1 − β₁; no sign of its terms says so."""

C = Symbol("c_t")

DEFAULTS = {lr: 1e-3, beta1: 0.5, beta2: 0.99, weight_decay: 0.0, eps: 1e-6}


@family(spellings=SPELLINGS, words=WORDS)
def adasmooth(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """Squares averaged at c², c between 1 − β₂ and 1 − β₁ by how much of its way an element has gone in one direction.

    As ports have it; the step before counts, decay and all.
    """
    g_t = g if decouple else l2_gradient()
    decayed = shrunk(x, decay) if decouple else x
    change = decayed - before
    moved_t, ways_t = moved + change, ways + Abs(change)
    c_t = (beta2 - beta1) * Abs(moved_t) / (ways_t + eps) + 1 - beta2
    v_t = (1 - c_t**2) * v + c_t**2 * g_t**2
    return Rule(
        "adasmooth",
        x=decayed - lr * g_t / sqrt(v_t + eps),
        state={v: v_t, moved: moved_t, ways: ways_t, before: decayed},
        init={before: x},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:2204.00825", "§3, from memory", checked="pytorch-optimizer 4.1.0"),
        names={C: c_t},
    )
