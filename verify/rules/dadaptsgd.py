"""D-Adapted SGD (arXiv:2301.07733)."""

from sympy import Eq, Integer, Piecewise, Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, momentum, t, weight_decay, x, x_start
from lawful.verify.language.tensors import EverywhereMean, EverywhereNorm, IfPositive
from lawful.verify.rules.dadaptadam import DOMAINS, RATE, d, d0, r, s

first = Symbol("g_norm", nonnegative=True)
MANY = EverywhereNorm(Integer(1))
"""The root of the number of elements of all parameters."""

DEFAULTS = {lr: 1.0, momentum: 0.0, weight_decay: 0.0, d0: 1e-6}


@family()
def dadaptsgd() -> Rule:
    """x₀ − s averaged into x, s the sum of rate·g, where d grows with 2·Σ rate·⟨g, s⟩ over ‖s‖.

    The rate is d·lr over the norm of the first gradients, in the code that of the gradients without decay. d is one
    for all parameters.
    """
    g_t = l2_gradient()
    first_t = Piecewise((EverywhereNorm(g), Eq(t, 1)), (first, True))
    rate = d * lr / first_t
    r_t = r + rate * MANY * EverywhereMean(g_t * s)
    s_t = s + rate * g_t
    size = EverywhereNorm(s_t)
    return Rule(
        "dadaptsgd",
        x=IfPositive(size, momentum * x + (1 - momentum) * (x_start - s_t), x),
        state={
            x_start: x_start,
            first: first_t,
            r: r_t,
            s: s_t,
            d: Max(d, IfPositive(size, 2 * MANY * r_t / size, d)),
        },
        init={x_start: x, d: d0},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2301.07733", "Algorithm 4, from memory", checked="dadaptation 3.2"),
        names={RATE: rate},
    )
