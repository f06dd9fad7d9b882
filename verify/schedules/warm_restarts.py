"""A cosine that begins again, in cycles that become longer."""

from sympy import Expr, Integer, Piecewise, Symbol, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, schedule

done, cycle = Symbol("T_cur", real=True), Symbol("T_i", real=True)


@schedule(
    "CosineAnnealingWarmRestarts",
    domains={
        "T_0": Domain((4, 1, 7), low=1),
        "T_mult": Domain((2, 1, 3), low=1),
        "eta_min": Domain((0.01, 0.0)),
    },
)
def warm_restarts(*, T_0: Expr, T_mult: Expr = 1, eta_min: Expr = 0.0) -> Formula:
    """Half a period of a cosine in T_0 steps, then from the rate again, each cycle T_mult times as long as the last."""
    over = done + 1 >= cycle
    return Formula(
        eta_min + (b - eta_min) * (1 + cos(pi * done / cycle)) / 2,
        length=T_0 * (1 + T_mult),
        state={
            done: (Integer(0), Piecewise((0, over), (done + 1, True))),
            cycle: (T_0, Piecewise((cycle * T_mult, over), (cycle, True))),
        },
    )
