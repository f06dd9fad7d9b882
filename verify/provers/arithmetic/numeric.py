"""Numbers of our own that the evaluator computes with, as it does with rationals and balls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self


class Numeric(ABC):
    """Sum, product, power, root, size and order are a number's own; the operators follow from them."""

    @classmethod
    @abstractmethod
    def lift(cls, number: Any) -> Self:
        """A rational or a ball as a constant; one of this kind as it is."""

    @abstractmethod
    def plus(self, other: Self) -> Self:
        """The sum."""

    @abstractmethod
    def times(self, other: Self) -> Self:
        """The product."""

    @abstractmethod
    def raised(self, exponent: int) -> Self:
        """The power."""

    @abstractmethod
    def sqrt(self) -> Self:
        """The root."""

    @abstractmethod
    def size(self) -> Self:
        """The absolute value."""

    @abstractmethod
    def above(self, other: Self) -> bool:
        """Whether it is certainly greater."""

    @abstractmethod
    def equals(self, other: Self) -> bool:
        """Whether they are equal, neither being above the other."""

    def max(self, other: Any) -> Self:
        """The larger of two."""
        b = self.lift(other)
        return (self.plus(b) + abs(self - b)) * (self.lift(2) ** -1)

    def __add__(self, other: Any) -> Self:
        """The sum."""
        return self.plus(self.lift(other))

    def __mul__(self, other: Any) -> Self:
        """The product."""
        return self.times(self.lift(other))

    def __pow__(self, exponent: int) -> Self:
        """The power."""
        return self.raised(exponent)

    def __neg__(self) -> Self:
        """The negative."""
        return self * -1

    def __sub__(self, other: Any) -> Self:
        """The difference."""
        return self + -self.lift(other)

    def __rsub__(self, other: Any) -> Self:
        """The difference from something else."""
        return (-self).plus(self.lift(other))

    def __abs__(self) -> Self:
        """The absolute value."""
        return self.size()

    def __gt__(self, other: Any) -> bool:
        """Whether it is certainly greater."""
        return self.above(self.lift(other))

    def __eq__(self, other: object) -> bool:
        """Whether they are equal."""
        b = self.lift(other)
        return not self.above(b) and not b.above(self) and self.equals(b)

    __hash__ = None  # type: ignore[assignment]
    __radd__, __rmul__ = __add__, __mul__
