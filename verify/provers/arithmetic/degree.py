"""The degree of a quantity as a rational function of its inputs, computed beside its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Symbol, preorder_traversal, sympify

from lawful.verify.provers.arithmetic.evaluate import Number, root
from lawful.verify.provers.arithmetic.numeric import Numeric
from lawful.verify.provers.arithmetic.points import RandomPoint


@dataclass(frozen=True, eq=False)
class Graded(Numeric):
    """A value, the degrees of its numerator and denominator at most, and the radicands of the roots in it."""

    value: Number
    top: int = 0
    bottom: int = 0
    roots: frozenset[str] = frozenset()

    @classmethod
    def lift(cls, number: Any) -> Graded:
        """A constant: degree 0."""
        return number if isinstance(number, Graded) else Graded(number)

    @property
    def degree(self) -> int:
        """A bound of the degree of the numerator of the norm over the signs of all roots."""
        return max(self.top, 1) << len(self.roots)

    def plus(self, other: Graded) -> Graded:
        """Brought to a common denominator."""
        top = max(self.top + other.bottom, other.top + self.bottom)
        return Graded(self.value + other.value, top, self.bottom + other.bottom, self.roots | other.roots)

    def times(self, other: Graded) -> Graded:
        """Degrees add."""
        top, bottom = self.top + other.top, self.bottom + other.bottom
        return Graded(self.value * other.value, top, bottom, self.roots | other.roots)

    def raised(self, exponent: int) -> Graded:
        """Degrees multiply; a negative exponent turns the fraction round."""
        top, bottom = (self.top, self.bottom) if exponent >= 0 else (self.bottom, self.top)
        return Graded(self.value**exponent, abs(exponent) * top, abs(exponent) * bottom, self.roots)

    def sqrt(self) -> Graded:
        """One root more, known by its radicand."""
        return Graded(root(self.value), self.top, self.bottom, self.roots | {str(self.value)})

    def size(self) -> Graded:
        """Of the same degree."""
        return Graded(abs(self.value), self.top, self.bottom, self.roots)

    def max(self, other: Any) -> Graded:
        """That of the two which is larger here."""
        return self if self > other else self.lift(other)

    def above(self, other: Graded) -> bool:
        """By the values."""
        return bool(self.value > other.value)

    def equals(self, other: Graded) -> bool:
        """By the values."""
        return bool(self.value == other.value)


def is_rational(expressions: Iterable[Any]) -> bool:
    """Whether expressions are rational functions of their symbols: sums, products, integer powers that are numbers."""
    return all(_is_rational(node) for e in expressions for node in preorder_traversal(sympify(e)))


def _is_rational(node: Any) -> bool:
    if node.is_Symbol:
        return not node.is_integer
    return bool(node.is_Rational or node.is_Add or node.is_Mul or (node.is_Pow and node.exp.is_Integer))


def bound(numbers: Iterable[Any]) -> int:
    """The largest degree among them."""
    return max(Graded.lift(number).degree for number in numbers)


class GradedPoint(RandomPoint):
    """A random point whose coordinates are indeterminates, of degree 1."""

    def draw(self, symbol: Symbol) -> Any:
        """A graded value; integers count steps and are constants."""
        value = super().draw(symbol)
        return value if symbol.is_integer else Graded(value, 1)
