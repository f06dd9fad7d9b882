"""DoWG, distance over weighted gradients (arXiv:2305.16284)."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, v, weight_decay, x, x_start
from lawful.verify.language.tensors import EverywhereNorm

r2 = Symbol("r2", nonnegative=True)
GRADIENT, R2, V = Symbol("g_t"), Symbol("r2_t"), Symbol("v_t")

DEFAULTS = {lr: 1.0, eps: 1e-4, weight_decay: 0.0}


@family()
def dowg() -> Rule:
    """SGD whose rate is the largest squared distance r² from the start over the root of all r²·‖g‖² so far.

    Distance and norm are over all parameters. r² begins as eps; the authors' code has no lr.
    """
    g_t = l2_gradient()
    r2_t = Max(r2, EverywhereNorm(x - x_start) ** 2)
    v_t = v + r2_t * EverywhereNorm(g_t) ** 2
    return Rule(
        "dowg",
        x=x - lr * r2_t * g_t / (sqrt(v_t) + eps),
        state={x_start: x_start, r2: r2_t, v: v_t},
        init={x_start: x, r2: eps},
        defaults=DEFAULTS,
        source=Source("arXiv:2305.16284", "Algorithm 1, from memory", checked="rka97/dowg@e4dbe02"),
        names={GRADIENT: g_t, R2: r2_t, V: v_t},
    )
