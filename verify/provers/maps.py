"""What is claimed of a map near a point, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sympy import Expr, Symbol


@dataclass(frozen=True)
class Linearised:
    """Near a point a map is, to first order, linear, with this characteristic polynomial.

    Attributes:
        label: the claim in words.
        system: symbol → its next value.
        point: each of these symbols → its value at the point.
        variable: in which the polynomial is written.
        polynomial: the determinant of variable − derivative.
    """

    proved_by: ClassVar[str] = "derivatives"
    checked_by: ClassVar[str] = "exact points, dual numbers"

    label: str
    system: Mapping[Symbol, Expr]
    point: Mapping[Symbol, Expr]
    variable: Symbol
    polynomial: Expr
