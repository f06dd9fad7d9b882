"""A factor that goes along a straight line."""

from sympy import Expr, Max, Min, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule(
    "LinearLR",
    domains={
        "start_factor": Domain((0.25, 0.1, 1.0), open_low=True),
        "end_factor": Domain((1.0, 0.5, 0.0)),
        "total_iters": Domain((4, 1, 7, 100, 0)),
    },
    also=({"start_factor": 1.0, "end_factor": 0.0, "total_iters": 7},),
)
def linear(*, start_factor: Expr = 1 / 3, end_factor: Expr = 1.0, total_iters: Expr = 5) -> Formula:
    """From one factor of the rate to another in `total_iters` steps, where it stays."""
    way = end_factor - start_factor
    done = start_factor + way * Min(k, total_iters) / total_iters
    factor = 1 + way / (total_iters * start_factor + (k - 1) * way)
    return Formula(
        Piecewise((b * done, total_iters > 0), (b * end_factor, True)),
        length=Max(total_iters, 1),
        recursion=Piecewise((eta * factor, k <= total_iters), (eta, True)),
    )
