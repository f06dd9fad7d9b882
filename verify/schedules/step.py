"""Times gamma every so many steps."""

from sympy import Eq, Expr, Mod, Piecewise, floor

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule("StepLR", domains={"step_size": Domain((3, 1, 5), low=1), "gamma": Domain((0.5, 0.1, 0.9, 1.0))})
def step(*, step_size: Expr, gamma: Expr = 0.1) -> Formula:
    """Times gamma every `step_size` steps."""
    return Formula(
        b * gamma ** floor(k / step_size),
        length=3 * step_size,
        recursion=Piecewise((eta * gamma, Eq(Mod(k, step_size), 0)), (eta, True)),
    )
