"""Intervals by their ends. Ball arithmetic loses the sign of a product of wide positive balls; ends keep it.

The ends are thin balls of `arb`, so that their own rounding is enclosed too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb

from lawful.verify.exact import Undecided


@dataclass(frozen=True)
class Interval:
    """All numbers between two ends."""

    low: arb
    high: arb

    def __add__(self, other: Any) -> Interval:
        b = lift(other)
        return Interval(self.low + b.low, self.high + b.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Any) -> Interval:
        return self + -lift(other)

    def __rsub__(self, other: Any) -> Interval:
        return lift(other) + -self

    def __mul__(self, other: Any) -> Interval:
        b = lift(other)
        if self.low >= 0 and b.low >= 0:
            return Interval(self.low * b.low, self.high * b.high)
        return hull(self.low * b.low, self.low * b.high, self.high * b.low, self.high * b.high)

    def __pow__(self, exponent: int) -> Interval:
        if exponent < 0:
            return self.inverse() ** -exponent
        if exponent % 2 and not self.low >= 0:
            return Interval(self.low**exponent, self.high**exponent)
        size = abs(self) if not self.low >= 0 else self
        return Interval(size.low**exponent, size.high**exponent)

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(arb(0), (-self.low).max(self.high))

    def inverse(self) -> Interval:
        """1 over it.

        Raises:
            ZeroDivisionError: it holds 0.
        """
        if not (self.low > 0 or self.high < 0):
            raise ZeroDivisionError
        return Interval(1 / self.high, 1 / self.low)

    def sqrt(self) -> Interval:
        """Its root, of the part that has one."""
        return Interval(self.low.max(arb(0)).sqrt(), self.high.sqrt())

    def max(self, other: Any) -> Interval:
        """The larger of two numbers in the intervals."""
        other = lift(other)
        return Interval(self.low.max(other.low), self.high.max(other.high))

    def __gt__(self, other: Any) -> bool:
        return bool(self.low > lift(other).high)

    def __eq__(self, other: object) -> bool:
        if self > other or lift(other) > self:
            return False
        raise Undecided(f"{self} = {other}")

    __radd__, __rmul__ = __add__, __mul__


def lift(number: Any) -> Interval:
    """A number as an interval."""
    return number if isinstance(number, Interval) else Interval(arb(number), arb(number))


def hull(*numbers: Any) -> Interval:
    """The smallest interval that holds the numbers."""
    low = high = arb(numbers[0])
    for number in map(arb, numbers[1:]):
        low, high = low.min(number), high.max(number)
    return Interval(low, high)
