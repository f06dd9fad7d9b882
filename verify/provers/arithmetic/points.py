"""Random points with exact coordinates, drawn lazily from what each symbol is declared to be."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

from flint import arb, fmpq
from sympy import Expr, Symbol, oo

from lawful.verify.language.symbols import DOMAINS
from lawful.verify.provers.arithmetic.evaluate import Number, evaluate
from lawful.verify.provers.claims import Domain

GRID = 2**40
"""How many values each coordinate is drawn from."""

SCALE = 2**30 + 3
"""Coordinates that are not fractions of 1 reach up to GRID / SCALE."""

UNIT = frozenset(symbol.name for symbol, domain in DOMAINS.items() if domain.high == 1)
"""Hyperparameters that are below 1."""

EARLY, LATE = 8, 120
"""Steps are counted up to the one in every other point, up to the other else."""

TRIES = 40


T = TypeVar("T")


class Unplaceable(ArithmeticError):
    """No point of the domain was found at which the claim can be evaluated."""


class RandomPoint(dict[Symbol, Number]):
    """Symbol → exact value, drawn when first asked for; on the border what may be 0 is so half the time."""

    def __init__(self, random: Random, border: bool = False, over: Domain | None = None) -> None:
        """A point with no coordinate drawn yet; those of `over` will lie in their intervals."""
        super().__init__()
        self.random, self.border, self.over = random, border, over or {}

    def __missing__(self, symbol: Symbol) -> Number:
        """Draw the coordinate."""
        self[symbol] = self.draw(symbol)
        return self[symbol]

    def draw(self, symbol: Symbol) -> Number:
        """A value that the symbol's declaration allows."""
        if symbol in self.over:
            return self._inside(*self.over[symbol])
        if self.border and symbol.is_zero is None and self.random.random() < 0.5:
            return fmpq(0)
        size = self._count() if symbol.is_integer else self._fraction(symbol)
        return size if symbol.is_nonnegative or self.random.random() < 0.5 else -size

    def _count(self) -> Number:
        return fmpq(self.random.randint(1, self.random.choice((EARLY, LATE))))

    def _fraction(self, symbol: Symbol) -> Number:
        return fmpq(self.random.randrange(1, GRID), GRID if symbol.name in UNIT else SCALE)

    def _inside(self, low: Expr, high: Expr) -> Number:
        u = fmpq(self.random.randrange(1, GRID), GRID)
        if low == -oo:
            return evaluate(high, {}) - 8 * u
        start = evaluate(low, {})
        return start + 8 * u if high == oo else start + (evaluate(high, {}) - start) * u

    def __str__(self) -> str:
        """`symbol = value, …`."""
        return ", ".join(f"{s} = {value}" for s, value in self.items())


def poles_avoided(
    value: Callable[[RandomPoint], T], draw: Callable[[], RandomPoint]
) -> tuple[RandomPoint, T]:
    """A random point and the value there, another point being drawn wherever there is a pole.

    Raises:
        Unplaceable: every point tried was a pole.
    """
    for _ in range(TRIES):
        point = draw()
        try:
            return point, value(point)
        except ZeroDivisionError:
            continue
    raise Unplaceable(f"no value at any of {TRIES} random points")


def finite(number: Number) -> Number:
    """The number.

    Raises:
        ZeroDivisionError: it is a ball without bound.
    """
    if isinstance(number, arb) and not number.is_finite():
        raise ZeroDivisionError
    return number
