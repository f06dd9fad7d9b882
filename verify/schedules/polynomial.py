"""What is left of the way, to a power."""

from sympy import Expr, Min, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule(
    "PolynomialLR",
    domains={"total_iters": Domain((5, 1, 40), low=1), "power": Domain((2.0, 1.0, 0.5))},
    edges=({"total_iters": 0},),
)
def polynomial(*, total_iters: Expr = 5, power: Expr = 1.0) -> Formula:
    """The share of the steps that is left, to a power: 0 at the end, and from then on."""
    left = 1 - Min(k, total_iters) / total_iters
    factor = ((1 - k / total_iters) / (1 - (k - 1) / total_iters)) ** power
    return Formula(
        b * left**power,
        length=total_iters,
        recursion=Piecewise((eta * factor, k <= total_iters), (eta, True)),
    )
