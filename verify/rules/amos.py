"""Amos (arXiv:2210.11693): one second moment for a tensor, and rate and decay that lessen as steps add up."""

from sympy import Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, m, momentum, t, v, x
from lawful.verify.language.tensors import Total, cols, dim, n

beta, extra = Symbol("beta", nonnegative=True), Symbol("extra_l2", nonnegative=True)
c, d = Symbol("c_coef", nonnegative=True), Symbol("d_coef", nonnegative=True)
spent = Symbol("b", nonnegative=True)
V, C, U = Symbol("v_hat"), Symbol("gamma_t"), Symbol("u_t")
DEFAULTS = {lr: 1e-3, beta: 0.999, momentum: 0.0, extra: 0.0, c: 0.25, d: 0.25, eps: 1e-18}
DOMAINS = {
    beta: WEIGHT,
    momentum: WEIGHT,
    extra: Domain((0.3, 0.01, 0.0)),
    c: Domain((0.25, 0.5, 0.0)),
    d: Domain((0.25, 0.7, 0.0)),
    eps: Domain((1e-3, 1e-18, 1e-8), open_low=True),
}


@family()
def amos() -> Rule:
    """u = (lr·η·g/√v̂ + (γ − extra_l2)·x/2)/(1 + d·√(lr·η)·b), γ = lr²·mean(g²)/(v̂·√(1 + c·√lr·b)), b ← b + γ·(1 + b).

    η is the size that weights are meant to have, for which the authors ask: here √(2/columns) for a matrix, ½ for
    vectors and scalars, as ports have it. Of tensors with more dimensions nothing is said.
    """
    square, size = Total(g**2) / n, lr * Piecewise((sqrt(2 / cols), Gt(dim, 1)), (0.5, True))
    v_t = beta * v + (1 - beta) * square
    v_hat = (v_t + eps) / (1 - beta**t)
    gamma = lr**2 * square / (v_hat * sqrt(1 + c * sqrt(lr) * spent))
    u_t = (size * g / sqrt(v_hat) + (gamma - extra) / 2 * x) / (1 + d * sqrt(size) * spent)
    m_t = momentum * m + (1 - momentum) * u_t
    return Rule(
        "amos",
        x=x - m_t,
        state={m: m_t, v: v_t, spent: spent + gamma * (1 + spent)},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source(
            "arXiv:2210.11693", "Algorithm 1, from memory", checked="google-research/jestimator@02a6e49e73"
        ),
        names={V: v_hat, C: gamma, U: u_t},
        dimensions=(0, 2),
    )
