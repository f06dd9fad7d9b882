"""Times gamma at each milestone."""

from collections.abc import Sequence

from sympy import Add, Eq, Expr, Integer, Max, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule

TRIED = ((2, 5), (4, 4, 7), (6, 2), (0, 3), (1,), ())


@schedule("MultiStepLR", domains={"milestones": TRIED, "gamma": Domain((0.5, 0.1, 0.9))})
def multistep(*, milestones: Sequence[Expr], gamma: Expr = 0.1) -> Formula:
    """Times gamma at each milestone, twice at one that is named twice, in whichever order they are named."""
    passed = Add(*(Piecewise((1, k >= m), (0, True)) for m in milestones))
    met = Add(*(Piecewise((1, Eq(k, m)), (0, True)) for m in milestones))
    length = Max(*milestones, Integer(1))
    return Formula(b * gamma**passed, length=length, recursion=eta * gamma**met)
