"""FTRL-Proximal (McMahan et al. 2013)."""

from sympy import Abs, Gt, Piecewise, Symbol, sign, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x

beta, lambda_1, lambda_2 = (Symbol(name, nonnegative=True) for name in ("beta", "lambda_1", "lambda_2"))
z, n = Symbol("z", real=True), Symbol("n_squares", nonnegative=True)

DEFAULTS = {lr: 1e-3, beta: 0.0, lambda_1: 0.0, lambda_2: 0.0}
DOMAINS = {
    beta: Domain((1.0, 0.5, 0.0)), lambda_1: Domain((0.1, 0.01, 0.0)), lambda_2: Domain((0.3, 0.1, 0.0)),
}  # fmt: skip


@family()
def ftrl() -> Rule:
    """The weight that minimises all linearised losses so far with L1, L2 and what keeps it near the earlier weights.

    The rates are lr/(β + √n), with n the sum of squares (`lr_power=-0.5`).
    """
    n_t = n + g**2
    z_t = z + g - (sqrt(n_t) - sqrt(n)) / lr * x
    kept = (sign(z_t) * lambda_1 - z_t) / ((beta + sqrt(n_t)) / lr + lambda_2)
    return Rule(
        "ftrl",
        x=Piecewise((kept, Gt(Abs(z_t), lambda_1)), (0, True)),
        state={z: z_t, n: n_t},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("McMahan et al., KDD (2013)", "Algorithm 1, from memory"),
    )
