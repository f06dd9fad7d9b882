"""Dual numbers: a value together with its slopes, which are exact where the value is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from flint import fmpq
from sympy import Symbol

from lawful.verify.provers.arithmetic.evaluate import Number, Undecided, root
from lawful.verify.provers.arithmetic.numeric import Numeric


@dataclass(frozen=True, eq=False)
class Dual(Numeric):
    """A value, and its partial derivatives."""

    value: Number
    slopes: Mapping[Symbol, Number]

    @classmethod
    def lift(cls, number: Any) -> Self:
        """A constant: slope 0."""
        return number if isinstance(number, cls) else cls(number, {})

    def slope(self, symbol: Symbol) -> Number:
        """The partial derivative."""
        return self.slopes.get(symbol, fmpq(0))

    def chain(self, value: Number, factor: Number) -> Self:
        """A function of it, by its value and derivative."""
        return type(self)(value, {s: factor * slope for s, slope in self.slopes.items()})

    def plus(self, other: Self) -> Self:
        """Slopes add."""
        symbols = self.slopes.keys() | other.slopes.keys()
        return type(self)(self.value + other.value, {s: self.slope(s) + other.slope(s) for s in symbols})

    def times(self, other: Self) -> Self:
        """The product rule."""
        both = self.chain(self.value, other.value).plus(other.chain(other.value, self.value))
        return type(self)(self.value * other.value, both.slopes)

    def raised(self, exponent: int) -> Self:
        """The power rule."""
        if exponent == 0:
            return self.lift(1)
        return self.chain(self.value**exponent, self.value ** (exponent - 1) * exponent)

    def sqrt(self) -> Self:
        """The root; it has no slope where the value is 0."""
        found = root(self.value)
        return self.chain(found, (found * 2) ** -1)

    def size(self) -> Self:
        """The slope keeps or turns its sign.

        Raises:
            Undecided: the value may be 0, where there is a corner.
        """
        if not (self.value > 0 or -self.value > 0):
            raise Undecided(f"the slope of the size of {self.value}")
        return self if self.value > 0 else -self

    def above(self, other: Self) -> bool:
        """By the values."""
        return bool(self.value > other.value)

    def equals(self, other: Self) -> bool:
        """By the values."""
        return bool(self.value == other.value)
