"""What a map is near a point, to first order: its slopes at exact points, by dual numbers."""

from collections.abc import Mapping
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Symbol

from lawful.verify.provers.answer import Answer
from lawful.verify.provers.arithmetic.dual import Dual
from lawful.verify.provers.arithmetic.evaluate import Number, Undecided, evaluate, layers
from lawful.verify.provers.arithmetic.points import RandomPoint, poles_avoided
from lawful.verify.provers.maps import Linearised

POINTS = 6


def linearised(claim: Linearised, random: Random) -> Answer:
    """Whether the slopes at random points have the characteristic polynomial that is claimed, at a random number."""
    for _ in range(POINTS):
        point, slopes = poles_avoided(lambda at: _slopes(claim, at), lambda: RandomPoint(random))
        found: Any = slopes.charpoly()
        if found(point[claim.variable]) != evaluate(claim.polynomial, point):
            return Answer(False, [f"{claim.label}: it is {found} at {point}"])
    return Answer(True, [f"{claim.label}: that of the slopes at {POINTS} exact points"])


def _slopes(claim: Linearised, point: Mapping[Symbol, Number]) -> fmpq_mat:
    """The matrix of the partial derivatives.

    Raises:
        Undecided: one is not rational.
    """
    here = {s: Dual(evaluate(e, point), {s: fmpq(1)}) for s, e in claim.point.items()}
    image = [Dual.lift(evaluate(e, layers(here, point))) for e in claim.system.values()]
    rows = [[one.slope(s) for s in claim.system] for one in image]
    if not all(isinstance(slope, fmpq) for row in rows for slope in row):
        raise Undecided("a slope that is not rational")
    return fmpq_mat(rows)
