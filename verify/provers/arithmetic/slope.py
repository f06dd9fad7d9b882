"""A quantity on a box together with its slopes there: how the mean value theorem sharpens intervals.

f(box) lies in f(middle) + Σ slope·(box − middle), whose excess shrinks with the square of the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sympy import Symbol

from lawful.verify.provers.arithmetic.dual import Dual
from lawful.verify.provers.arithmetic.interval import Interval, hull


@dataclass(frozen=True, eq=False)
class Sloped(Dual):
    """The values on a box, and the partial derivatives there, as intervals."""

    @classmethod
    def lift(cls, number: Any) -> Self:
        """A constant: slope 0."""
        return number if isinstance(number, cls) else cls(Interval.lift(number), {})

    def slope(self, symbol: Symbol) -> Interval:
        """The partial derivative."""
        found: Interval = self.slopes.get(symbol, Interval.lift(0))
        return found

    def size(self) -> Self:
        """The slope keeps or turns its sign, or may do either."""
        sign = 1 if self.value > 0 else -1 if -self.value > 0 else None
        return self.chain(self.value.size(), hull(-1, 1) if sign is None else Interval.lift(sign))
