"""M-SVAG (arXiv:1705.07774): momentum, each element weighed by what of it is not noise."""

from sympy import Rational, Symbol

from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, m, t, v, x
from lawful.verify.language.tensors import IfPositive

beta = Symbol("beta", nonnegative=True)
M, VARIANCE, FACTOR = Symbol("m_hat"), Symbol("s_t"), Symbol("gamma_t")

MOST = Rational(9999, 10000)
"""Of ρ, which is 1 in the first step."""


@family()
def msvag() -> Rule:
    """m̂·m̂²/(m̂² + ρ·s), with s the variance that the two averages show; ρ is what of it a mean of gradients has."""
    m_t, v_t = beta * m + (1 - beta) * g, beta * v + (1 - beta) * g**2
    m_hat, v_hat = m_t / (1 - beta**t), v_t / (1 - beta**t)
    rho = Min(MOST, (1 - beta ** (2 * t)) * (1 - beta) ** 2 / ((1 - beta**2) * (1 - beta**t) ** 2))
    variance = (v_hat - m_hat**2) / (1 - rho)
    size = rho * variance + m_hat**2
    factor = IfPositive(m_hat**2, Max(0, Min(1, m_hat**2 / size)), 0)
    return Rule(
        "msvag",
        x=x - lr * m_hat * factor,
        state={m: m_t, v: v_t},
        defaults={lr: 1e-1, beta: 0.9},
        domains={beta: WEIGHT},
        source=Source("arXiv:1705.07774", "Algorithm 2, from memory", checked="pytorch-optimizer 4.1.0"),
        names={M: m_hat, VARIANCE: variance, FACTOR: factor},
    )
