"""CAME (arXiv:2307.02047)."""

from sympy import Expr, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import (
    beta1,
    beta2,
    beta3,
    clip_threshold,
    eps1,
    eps2,
    g,
    lr,
    m,
    v,
    weight_decay,
    x,
)
from lawful.verify.language.tensors import ColMean, RowMean, dim, rms

R, C, R_S, C_S = (Symbol(name, nonnegative=True) for name in ("R", "C", "R_S", "C_S"))
U, U_HAT = Symbol("u_t"), Symbol("u_hat")

DEFAULTS = {
    lr: 2e-4, eps1: 1e-30, eps2: 1e-16, clip_threshold: 1.0, beta1: 0.9, beta2: 0.999, beta3: 0.9999, weight_decay: 0.0,
}  # fmt: skip
DOMAINS = {
    eps1: Domain((1e-3, 1e-6, 1e-10)),
    eps2: Domain((1e-2, 1e-4, 1e-8)),
    clip_threshold: Domain((1.0, 0.5, 2.0), open_low=True),
    beta3: WEIGHT,
}


@family()
def came() -> Rule:
    """Adafactor's update, averaged, and divided by the root of how far updates have been from their average.

    Factored for two dimensions and more; vectors have neither factors nor the second division. The authors' code has no
    default for lr; this is the one of its example.
    """
    square = g**2 + eps1
    v_t = beta2 * v + (1 - beta2) * square
    r_t, c_t = factors(R, C, square, beta2)
    u_t = of_matrix(g / sqrt(outer(r_t, c_t)), g / sqrt(v_t))
    clipped = u_t / Max(1, rms(u_t) / clip_threshold)
    m_t = beta1 * m + (1 - beta1) * clipped
    r_s, c_s = factors(R_S, C_S, (clipped - m_t) ** 2 + eps2, beta3)
    return Rule(
        "came",
        x=shrunk(x) - lr * of_matrix(m_t / sqrt(outer(r_s, c_s)), m_t),
        state={
            R: of_matrix(r_t, R), C: of_matrix(c_t, C), v: of_matrix(v, v_t), m: m_t,
            R_S: of_matrix(r_s, R_S), C_S: of_matrix(c_s, C_S),
        },
        defaults=DEFAULTS,
        source=Source(
            "arXiv:2307.02047", "Algorithm 2, from memory", checked="yangluo7/CAME@e77c5c022e"
        ),
        domains=DOMAINS,
        tuples={"eps": (eps1, eps2), "betas": (beta1, beta2, beta3)},
        names={U: u_t, U_HAT: clipped},
    )  # fmt: skip


def of_matrix(factored: Expr, plain: Expr) -> Expr:
    """One expression for two dimensions and more, another for fewer."""
    return Piecewise((factored, dim >= 2), (plain, True))


def factors(rows: Expr, cols: Expr, square: Expr, beta: Expr) -> tuple[Expr, Expr]:
    """The averages of the means of rows and of columns, one step on."""
    return beta * rows + (1 - beta) * RowMean(square), beta * cols + (1 - beta) * ColMean(square)


def outer(rows: Expr, cols: Expr) -> Expr:
    """The matrix of rank one with these means of rows and columns."""
    return rows * cols / ColMean(rows)
