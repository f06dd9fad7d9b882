"""The degree of a computed quantity as a rational function of its inputs, found by computing with degrees beside values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from lawful.verify.exact import Number, root
from lawful.verify.points import RandomPoint


@dataclass(frozen=True)
class Graded:
    """A value, the degrees of its numerator and denominator at most, and the radicands of the roots in it."""

    value: Number
    top: int = 0
    bottom: int = 0
    roots: frozenset[str] = frozenset()

    @property
    def degree(self) -> int:
        """A bound of the degree of the numerator of the norm over the signs of all roots."""
        return max(self.top, 1) << len(self.roots)

    def __add__(self, other: Any) -> Graded:
        b = lift(other)
        top = max(self.top + b.bottom, b.top + self.bottom)
        return Graded(self.value + b.value, top, self.bottom + b.bottom, self.roots | b.roots)

    def __mul__(self, other: Any) -> Graded:
        b = lift(other)
        return Graded(self.value * b.value, self.top + b.top, self.bottom + b.bottom, self.roots | b.roots)

    def __pow__(self, exponent: int) -> Graded:
        ends = (self.top, self.bottom) if exponent >= 0 else (self.bottom, self.top)
        return Graded(self.value**exponent, *(abs(exponent) * end for end in ends), self.roots)

    def __sub__(self, other: Any) -> Graded:
        return self + -lift(other)

    def __rsub__(self, other: Any) -> Graded:
        return lift(other) + -self

    def __neg__(self) -> Graded:
        return Graded(-self.value, self.top, self.bottom, self.roots)

    def __abs__(self) -> Graded:
        return Graded(abs(self.value), self.top, self.bottom, self.roots)

    def sqrt(self) -> Graded:
        """The root, known by its radicand."""
        return Graded(root(self.value), self.top, self.bottom, self.roots | {str(self.value)})

    def max(self, other: Any) -> Graded:
        """The larger of two."""
        return self if self > other else lift(other)

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > lift(other).value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == lift(other).value)

    __radd__, __rmul__ = __add__, __mul__


def lift(number: Any) -> Graded:
    """A number as a constant, degree 0."""
    return number if isinstance(number, Graded) else Graded(number)


def bound(numbers: Iterable[Any]) -> int:
    """The largest degree among them."""
    return max(lift(number).degree for number in numbers)


class GradedPoint(RandomPoint):
    """A random point whose coordinates are indeterminates, of degree 1."""

    def draw(self, symbol: Symbol) -> Any:
        """A graded value; integers count steps and are constants."""
        value = super().draw(symbol)
        return value if symbol.is_integer else Graded(value, 1)
