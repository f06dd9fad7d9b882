"""Proofs of what a map is near a point, to first order: its derivative there, by sympy."""

from sympy import Abs, Expr, Matrix, Max, Min, Piecewise, eye, factor, sign

from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.maps import Linearised

CORNERS = (Abs, Max, Min, Piecewise, sign)
"""What has no derivative somewhere."""


def linearised(claim: Linearised) -> Answer:
    """Whether the map's derivative at the point has the characteristic polynomial that is claimed."""
    image = Matrix(list(claim.system.values()))
    if image.has(*CORNERS):
        return Answer(False, ["The map has a corner, and there need be no derivative."])
    slopes = image.jacobian(list(claim.system)).applyfunc(lambda e: factor(at(e, claim.point)))
    found: Expr = (claim.variable * eye(slopes.rows) - slopes).det()
    holds = vanishes(found - claim.polynomial)
    return Answer(holds, [f"That of its derivative there {'is' if holds else 'is not seen to be'} the same."])
