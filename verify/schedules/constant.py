"""Less by a factor, until so many steps are done."""

from sympy import Eq, Expr, Max, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule(
    "ConstantLR",
    domains={"factor": Domain((0.25, 0.3, 1.0, 0.0)), "total_iters": Domain((4, 1, 0))},
)
def constant(*, factor: Expr = 1 / 3, total_iters: Expr = 5) -> Formula:
    """A factor of the rate until `total_iters` steps are done, the rate itself from then on."""
    return Formula(
        Piecewise((b * factor, k < total_iters), (b, True)),
        length=Max(total_iters, 1),
        recursion=Piecewise((eta * (1 / factor), Eq(k, total_iters)), (eta, True)),
    )
