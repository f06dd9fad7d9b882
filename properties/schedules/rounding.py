"""A number as it is computed: its value to 60 digits, and how far one that is computed in floating point may be off.

The bound is forward error analysis along the operations: each adds half a unit in the last place of what it gives (a
whole one for cosines and powers, which mathematical libraries promise no better), and passes on, without linearisation,
what its operands are off by. Sums and products of several are taken in any order, and a power γᵏ is k multiplications
or one call.

An operation takes place in the narrowest format of its operands, into which the others are rounded first; a number of
few bits, such as 1 or a half, is exact in each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import expm1, inf, isfinite, log, log1p, log2
from typing import Any

import torch
from flint import arb

from lawful.verify.oracle.formats import FORMATS, Format

DIGITS = 60
BITS = 210
"""Of values, which are balls of so many bits: 60 digits, and some."""

HAIR = arb(10) ** (20 - DIGITS)
"""What is as near to a whole number is meant to be one."""

DOUBLE = FORMATS[torch.float64]

SLACK = 1 + 2.0**-40
"""Bounds are worked out in float64 themselves: more than all the roundings of one operation on them."""


@dataclass(slots=True)
class Rounded:
    """A value, how far one that was computed may be from it, and the format in which that one is held.

    Attributes:
        value: as a ball, which is an exact number, or one to 60 digits.
        error: how far what was computed may be from it.
        held: the format.
        size: of the value, in float64.
    """

    value: Any
    error: float = 0.0
    held: Format = DOUBLE
    size: float = field(init=False)

    def __post_init__(self) -> None:
        """Works out the size, for which several operations ask."""
        self.size = abs(float(self.value))

    @property
    def largest(self) -> float:
        """The largest size of what may have been computed."""
        return self.size * SLACK + self.error

    def off(self, number: float) -> float:
        """How far a number is from the value, in units of the bound."""
        gap = float(abs(self.value - number))
        return gap / self.error if self.error else (inf if gap else 0.0)

    def into(self, fmt: Format) -> "Rounded":
        """The same once it is rounded to a format."""
        if fmt.unit <= self.held.unit:
            return self
        exact = not self.error and self.value.is_exact() and self.value.bits() <= -log2(fmt.unit)
        lost = 0.0 if exact else fmt.unit * self.largest + fmt.tiny
        return Rounded(self.value, self.error + lost, fmt)


def ball(value: Any) -> Rounded:
    """A number, as it is held in float64."""
    return value if isinstance(value, Rounded) else Rounded(arb(value))


def together(parts: Iterable[Rounded]) -> tuple[Format, list[Rounded]]:
    """The format in which an operation takes place, and its operands in it."""
    parts = list(parts)
    narrowest = max((part.held for part in parts), key=lambda fmt: fmt.unit)
    return narrowest, [part.into(narrowest) for part in parts]


def added(terms: Iterable[Rounded]) -> Rounded:
    """A sum; what cancels to 60 digits is 0."""
    fmt, terms = together(terms)
    value = sum((term.value for term in terms), arb(0))
    nothing = value.is_finite() and value.contains(0)
    error = sum(term.error for term in terms) + (len(terms) - 1) * fmt.unit * sum(t.largest for t in terms)
    return Rounded(arb(0) if nothing else value, error * SLACK + fmt.tiny, fmt)


def times(factors: Iterable[Rounded]) -> Rounded:
    """A product."""
    fmt, factors = together(factors)
    value = _of_all([factor.value for factor in factors])
    operations = max(sum(bool(f.error or f.size != 1) for f in factors) - 1, 0)
    size = abs(float(value))
    if not size or not isfinite(size):
        largest = _of_all([factor.largest for factor in factors])
        return Rounded(value, largest * (1 + fmt.unit) ** operations + fmt.tiny, fmt)
    grown = sum(log1p(f.error / f.size) if f.error else 0.0 for f in factors)
    off = _expm1(grown + operations * log1p(fmt.unit)) * size
    return Rounded(value, off * SLACK + fmt.tiny, fmt)


def _of_all(numbers: Sequence[Any]) -> Any:
    product, *rest = numbers
    for number in rest:
        product = product * number
    return product


def _expm1(power: float) -> float:
    return expm1(power) if power < 700 else inf


def to_the(base: Rounded, power: Rounded) -> Rounded:
    """A power; what the exponent is off by moves it by the logarithm of the base."""
    exponent = float(power.value)
    value = _pow(base.value if power.value.is_integer() else base.value.max(arb(0)), power.value)
    size = abs(float(value))
    off = _moved(base, exponent) * (size if base.size else 1.0)
    if not isfinite(off):
        return Rounded(value, inf, base.held)
    drift = _expm1(power.error * _logarithm(base)) if power.error else 0.0
    lost = (size + off) * (_expm1(_operations(exponent) * log1p(base.held.unit)) + drift)
    return Rounded(value, (off + lost) * SLACK, base.held)


def _logarithm(base: Rounded) -> float:
    """The size of its logarithm at most; without a bound where it may be 0."""
    least = base.size - base.error
    return max(abs(log(least)), abs(log(base.largest))) * SLACK if least > 0 else inf


def _moved(base: Rounded, power: float) -> float:
    """How far a power is off, as a share of itself, for what its base is off by; of a base that is 0, by how much."""
    if not base.error or not power:
        return 0.0
    share = base.error / base.size if base.size else inf
    if power < 0 and share >= 1:
        return inf
    if not base.size:
        return float(base.error**power)
    if share >= 1:
        return float((1 + share) ** power)
    return _expm1(power * log1p(share) if power >= 1 else -abs(power) * log1p(-share))


def _operations(power: float) -> float:
    """How many half units a power may cost: none for the number itself, one for a quotient, else a call or products."""
    return {0.0: 0.0, 1.0: 0.0, -1.0: 1.0}.get(power, max(abs(power), 2.0))


def _pow(base: Any, power: Any) -> Any:
    return arb(inf) if base == 0 and power < 0 else base**power


def bounded(function: Callable[[Any], Any], place: Rounded) -> Rounded:
    """A function whose slope and size are 1 at most."""
    return Rounded(function(place.value), (place.error + 2 * place.held.unit) * SLACK, place.held)


def whole(value: Any) -> Any:
    """The whole part; 375 · (1/375) is 1, which no number of digits says."""
    near = (value + 0.5).floor()
    return near if abs(value - near) < HAIR else value.floor()


def extreme(choose: Callable[..., Any], parts: Iterable[Rounded]) -> Rounded:
    """The largest, or the smallest."""
    fmt, parts = together(parts)
    return Rounded(choose(part.value for part in parts), max(part.error for part in parts), fmt)
