"""Aida (arXiv:2203.13273): AdaBelief of what gradient and average have apart when each is projected on the other."""

from sympy import Expr, Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import Total

xi = Symbol("xi", nonnegative=True)
G, A, B = Symbol("g_t"), Symbol("a_t"), Symbol("b_t")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, xi: 1e-20, weight_decay: 0.0}
TIMES = 2


@family(spellings=SPELLINGS, words=WORDS)
def aida(*, decouple: bool = False) -> Rule:
    """v averages (a − b)² and gathers eps, where a and b are the average and the gradient after two mutual projections.

    The moment is corrected, v at its use with eps outside (epsilon hat). The projections are of each tensor, and two by
    default (`k`), which is all that is said here.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    a, b = m_t, g_t
    for _ in range(TIMES):
        a, b = projected(a, b), projected(b, a)
    v_t = beta2 * v + (1 - beta2) * (a - b) ** 2 + eps
    return Rule(
        "aida",
        x=(shrunk(x) if decouple else x) - lr * m_t / (1 - beta1**t) * sqrt(1 - beta2**t) / (sqrt(v_t) + eps),
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        domains={xi: Domain((1e-3, 1e-20))},
        source=Source("arXiv:2203.13273", "Algorithm 2, from memory", checked="pytorch-optimizer 4.1.0"),
        names={G: g_t, A: a, B: b},
    )


def projected(one: Expr, other: Expr) -> Expr:
    """A tensor times its product with another over its own square: as far along itself as the other goes."""
    return one * Total(one * other) / (Total(one**2) + xi)
