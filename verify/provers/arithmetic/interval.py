"""Intervals by their ends. Ball arithmetic loses the sign of a product of wide positive balls; ends keep it.

The ends are thin balls of `arb`, so that their own rounding is enclosed too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb

from lawful.verify.provers.arithmetic.evaluate import Undecided
from lawful.verify.provers.arithmetic.numeric import Numeric


@dataclass(frozen=True, eq=False)
class Interval(Numeric):
    """All numbers between two ends."""

    low: arb
    high: arb

    @classmethod
    def lift(cls, number: Any) -> Interval:
        """A number as an interval."""
        return number if isinstance(number, Interval) else Interval(arb(number), arb(number))

    @property
    def middle(self) -> arb:
        """A point about half-way, exact."""
        return ((self.low + self.high) / 2).mid()

    def plus(self, other: Interval) -> Interval:
        """Ends add."""
        return Interval(self.low + other.low, self.high + other.high)

    def times(self, other: Interval) -> Interval:
        """The hull of the products of the ends."""
        if self.low >= 0 and other.low >= 0:
            return Interval(self.low * other.low, self.high * other.high)
        return hull(*(one * two for one in (self.low, self.high) for two in (other.low, other.high)))

    def raised(self, exponent: int) -> Interval:
        """An integer power; even ones depend on the size alone."""
        if exponent < 0:
            return self.inverse() ** -exponent
        base = self if exponent % 2 else self.size()
        return Interval(base.low**exponent, base.high**exponent)

    def inverse(self) -> Interval:
        """1 over it.

        Raises:
            ZeroDivisionError: it holds 0.
        """
        if not (self.low > 0 or self.high < 0):
            raise ZeroDivisionError
        return Interval(1 / self.high, 1 / self.low)

    def sqrt(self) -> Interval:
        """The root of the part that has one."""
        return Interval(self.low.max(arb(0)).sqrt(), self.high.sqrt())

    def size(self) -> Interval:
        """The absolute values."""
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(arb(0), (-self.low).max(self.high))

    def max(self, other: Any) -> Interval:
        """The larger of two numbers in the intervals."""
        b = self.lift(other)
        return Interval(self.low.max(b.low), self.high.max(b.high))

    def above(self, other: Interval) -> bool:
        """Every number above every other."""
        return bool(self.low > other.high)

    def equals(self, other: Interval) -> bool:
        """Not to be told of intervals that overlap."""
        raise Undecided(f"{self} = {other}")


def hull(*numbers: Any) -> Interval:
    """The smallest interval that holds the numbers."""
    low = high = arb(numbers[0])
    for number in map(arb, numbers[1:]):
        low, high = low.min(number), high.max(number)
    return Interval(low, high)
