"""A quantity on a box together with its slopes there: how the mean value theorem sharpens intervals.

f(box) lies in f(middle) + Σ slope·(box − middle), whose excess shrinks with the square of the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from lawful.verify.interval import Interval, hull, lift

SIGNS = hull(-1, 1)


@dataclass(frozen=True)
class Sloped:
    """The values on a box, and the partial derivatives there."""

    value: Interval
    slopes: Mapping[Symbol, Interval]

    def _with(self, value: Interval, factor: Interval) -> Sloped:
        return Sloped(value, {s: factor * slope for s, slope in self.slopes.items()})

    def __add__(self, other: Any) -> Sloped:
        b = sloped(other)
        slopes = {s: self.slope(s) + b.slope(s) for s in self.slopes.keys() | b.slopes.keys()}
        return Sloped(self.value + b.value, slopes)

    def __mul__(self, other: Any) -> Sloped:
        b = sloped(other)
        both = self._with(self.value, b.value) + b._with(b.value, self.value)
        return Sloped(self.value * b.value, both.slopes)

    def __pow__(self, exponent: int) -> Sloped:
        if exponent == 0:
            return sloped(1)
        return self._with(self.value**exponent, exponent * self.value ** (exponent - 1))

    def sqrt(self) -> Sloped:
        """Its root; not differentiable where it holds 0."""
        root = self.value.sqrt()
        return self._with(root, (2 * root).inverse())

    def __neg__(self) -> Sloped:
        return self * -1

    def __sub__(self, other: Any) -> Sloped:
        return self + -sloped(other)

    def __rsub__(self, other: Any) -> Sloped:
        return sloped(other) + -self

    def __abs__(self) -> Sloped:
        sign = lift(1) if self.value > 0 else lift(-1) if -self.value > 0 else SIGNS
        return self._with(abs(self.value), sign)

    def max(self, other: Any) -> Sloped:
        """The larger of two."""
        return (self + other + abs(self - other)) * (lift(1) * lift(2).inverse())

    def __gt__(self, other: Any) -> bool:
        return self.value > sloped(other).value

    def __eq__(self, other: object) -> bool:
        return self.value == sloped(other).value

    def slope(self, symbol: Symbol) -> Interval:
        """The partial derivative."""
        return self.slopes.get(symbol, lift(0))

    __radd__, __rmul__ = __add__, __mul__


def sloped(number: Any) -> Sloped:
    """A number as a constant."""
    return number if isinstance(number, Sloped) else Sloped(lift(number), {})
