"""A quantity on a box together with its slopes there: how the mean value theorem sharpens intervals.

f(box) lies in f(middle) + Σ slope·(box − middle), whose excess shrinks with the square of the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from lawful.verify.provers.arithmetic.interval import Interval, hull
from lawful.verify.provers.arithmetic.numeric import Numeric


@dataclass(frozen=True, eq=False)
class Sloped(Numeric):
    """The values on a box, and the partial derivatives there."""

    value: Interval
    slopes: Mapping[Symbol, Interval]

    @classmethod
    def lift(cls, number: Any) -> Sloped:
        """A constant: slope 0."""
        return number if isinstance(number, Sloped) else Sloped(Interval.lift(number), {})

    def slope(self, symbol: Symbol) -> Interval:
        """The partial derivative."""
        return self.slopes.get(symbol, Interval.lift(0))

    def chain(self, value: Interval, factor: Interval) -> Sloped:
        """A function of it, by its value and derivative."""
        return Sloped(value, {s: factor * slope for s, slope in self.slopes.items()})

    def plus(self, other: Sloped) -> Sloped:
        """Slopes add."""
        symbols = self.slopes.keys() | other.slopes.keys()
        return Sloped(self.value + other.value, {s: self.slope(s) + other.slope(s) for s in symbols})

    def times(self, other: Sloped) -> Sloped:
        """The product rule."""
        both = self.chain(self.value, other.value).plus(other.chain(other.value, self.value))
        return Sloped(self.value * other.value, both.slopes)

    def raised(self, exponent: int) -> Sloped:
        """The power rule."""
        if exponent == 0:
            return self.lift(1)
        return self.chain(self.value**exponent, self.value ** (exponent - 1) * exponent)

    def sqrt(self) -> Sloped:
        """The root; it has no bounded slope where the value may be 0."""
        root = self.value.sqrt()
        return self.chain(root, (root * 2).inverse())

    def size(self) -> Sloped:
        """The slope keeps or turns its sign, or may do either."""
        sign = 1 if self.value > 0 else -1 if -self.value > 0 else None
        return self.chain(self.value.size(), hull(-1, 1) if sign is None else Interval.lift(sign))

    def above(self, other: Sloped) -> bool:
        """By the values."""
        return self.value.above(other.value)

    def equals(self, other: Sloped) -> bool:
        """By the values."""
        return self.value.equals(other.value)
