"""An expression as numbers: the value to 60 digits, and how far one that is computed in floating point may be off.

The bound is forward error analysis along the expression: each operation adds half a unit in the last place of what it
gives (a whole one for cosines and powers, which mathematical libraries promise no better), and passes on, without
linearisation, what its operands are off by. Sums and products of several are taken in any order, and a power γᵏ is k
multiplications or one call. Conditions and whole parts are taken from the exact values: where they turn, the formula is
continuous, or they speak of whole numbers.

An operation takes place in the narrowest format of its operands, into which the others are rounded first; a number of
few bits, such as 1 or a half, is exact in each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import expm1, isfinite, log1p, log2
from typing import Any

import torch
from mpmath import MPContext
from sympy import Add, Basic, Expr, Max, Min, Mod, Mul, Piecewise, Pow, Product, cos, floor, tanh
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, BooleanAtom, Not, Or

from lawful.verify.language.schedule import b, eta, k
from lawful.verify.oracle.formats import FORMATS, Format

DIGITS = 60
mp = MPContext()
mp.dps = DIGITS
mpf = mp.mpf

HAIR = mpf(10) ** (20 - DIGITS)
"""What is as near to a whole number is meant to be one."""

DOUBLE = FORMATS[torch.float64]

SLACK = 1 + 2.0**-40
"""Bounds are worked out in float64 themselves: more than all the roundings of one operation on them."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """An exact value, how far one that was computed may be from it, and the format in which that one is held."""

    value: Any
    error: float = 0.0
    held: Format = DOUBLE

    @property
    def largest(self) -> float:
        """The largest size of what may have been computed."""
        return float(abs(self.value)) * SLACK + self.error

    def into(self, fmt: Format) -> "Rounded":
        """The same once it is rounded to a format."""
        if fmt.unit <= self.held.unit:
            return self
        exact = not self.error and self.value.bc <= -log2(fmt.unit)
        lost = 0.0 if exact else fmt.unit * self.largest + fmt.tiny
        return Rounded(self.value, self.error + lost, fmt)


Given = Mapping[Any, Any]

ONCE = "once"
"""Under this name, what was worked out of expressions in the steps, for groups of other rates to have it too."""


def evaluated(expr: Basic, given: Given) -> Rounded:
    """An expression where symbols and functions have these meanings: numbers in float64, or `Rounded`."""
    if expr in given:
        found = given[expr]
        return found if isinstance(found, Rounded) else Rounded(mpf(found))
    if isinstance(expr, Expr) and not expr.args:
        return _constant(expr)
    if ONCE not in given or not _of_steps_alone(expr):
        return _kind(expr.func)(expr, given)
    known: dict[Any, Rounded] = given[ONCE]
    place = expr, given[k]
    if place not in known:
        known[place] = _kind(expr.func)(expr, given)
    return known[place]


@cache
def _of_steps_alone(expr: Basic) -> bool:
    """Whether the steps take part in it, and no rate."""
    free = expr.free_symbols
    return k in free and not free & {b, eta}


@cache
def _constant(expr: Expr) -> Rounded:
    """A number of the formula; one that no float64 need be, such as π, is rounded."""
    if expr.is_Integer or not expr.is_finite:
        return Rounded(mpf(int(expr)) if expr.is_Integer else mpf(float(expr)))
    value = mpf(expr.p) / mpf(expr.q) if expr.is_Rational else mp.make_mpf(expr.evalf(DIGITS)._mpf_)
    return Rounded(value, DOUBLE.unit * float(abs(value)))


@cache
def _kind(of: type) -> Callable[[Any, Given], Rounded]:
    return next(evaluate for kind, evaluate in KINDS.items() if issubclass(of, kind))


def _together(parts: Iterable[Rounded]) -> list[Rounded]:
    """Operands in the format in which the operation takes place."""
    parts = list(parts)
    narrowest = max((part.held for part in parts), key=lambda fmt: fmt.unit)
    return [part.into(narrowest) for part in parts]


def _sum(expr: Expr, given: Given) -> Rounded:
    terms = _together(evaluated(term, given) for term in expr.args)
    fmt, sizes = terms[0].held, sum(term.largest for term in terms)
    error = sum(term.error for term in terms) + (len(terms) - 1) * fmt.unit * sizes
    return Rounded(sum((term.value for term in terms), mpf(0)), error * SLACK + fmt.tiny, fmt)


def _product(expr: Expr, given: Given) -> Rounded:
    return _times([evaluated(factor, given) for factor in expr.args])


def _times(factors: Sequence[Rounded]) -> Rounded:
    factors = _together(factors)
    fmt, value = factors[0].held, mp.fprod(f.value for f in factors)
    operations = max(sum(bool(f.error or abs(f.value) != 1) for f in factors) - 1, 0)
    if not value or not mp.isfinite(value):
        largest = mp.fprod(f.largest for f in factors)
        return Rounded(value, float(largest) * (1 + fmt.unit) ** operations + fmt.tiny, fmt)
    grown = sum(log1p(f.error / float(abs(f.value))) if f.error else 0.0 for f in factors)
    off = _expm1(grown + operations * log1p(fmt.unit)) * float(abs(value))
    return Rounded(value, off * SLACK + fmt.tiny, fmt)


def _expm1(power: float) -> float:
    return expm1(power) if power < 700 else float("inf")


def _power(expr: Pow, given: Given) -> Rounded:
    base, power = evaluated(expr.base, given), evaluated(expr.exp, given).value
    whole = power == mp.floor(power)
    value = _pow(base.value if whole else max(base.value, mpf(0)), power)
    size = float(abs(value))
    off = _moved(base, float(power)) * (size if base.value else 1.0)
    if not isfinite(off):
        return Rounded(value, float("inf"), base.held)
    return Rounded(
        value, (off + (size + off) * _expm1(_operations(power) * log1p(base.held.unit))) * SLACK, base.held
    )


def _moved(base: Rounded, power: float) -> float:
    """How far a power is off, as a share of itself, for what its base is off by; of a base that is 0, by how much."""
    if not base.error or not power:
        return 0.0
    share = base.error / float(abs(base.value)) if base.value else float("inf")
    if power < 0 and share >= 1:
        return float("inf")
    if not base.value:
        return float(base.error**power)
    if share >= 1:
        return float((1 + share) ** power)
    return _expm1(power * log1p(share) if power >= 1 else -abs(power) * log1p(-share))


def _operations(power: Any) -> float:
    """How many half units a power may cost: none for the number itself, one for a quotient, else a call or products."""
    return {0: 0.0, 1: 0.0, -1: 1.0}.get(power, max(float(abs(power)), 2.0))


def _pow(base: Any, power: Any) -> Any:
    return mp.inf if base == 0 and power < 0 else base**power


def _bounded(function: Callable[[Any], Any]) -> Callable[[Expr, Given], Rounded]:
    """Of a function of slope and size 1 at most."""

    def of(expr: Expr, given: Given) -> Rounded:
        place = evaluated(expr.args[0], given)
        return Rounded(function(place.value), (place.error + 2 * place.held.unit) * SLACK, place.held)

    return of


def _whole(expr: Expr, given: Given) -> Rounded:
    value = evaluated(expr.args[0], given).value
    near = mp.nint(value)  # 375 · (1/375) is less than 1 in any number of digits
    return Rounded(near if abs(value - near) < HAIR else mp.floor(value))


def _remainder(expr: Expr, given: Given) -> Rounded:
    left, right = (evaluated(part, given).value for part in expr.args)
    return Rounded(left - right * mp.floor(left / right))


def _extreme(choose: Callable[..., Any]) -> Callable[[Expr, Given], Rounded]:
    def of(expr: Expr, given: Given) -> Rounded:
        parts = _together(evaluated(part, given) for part in expr.args)
        error = max(part.error for part in parts)
        return Rounded(choose(part.value for part in parts), error, parts[0].held)

    return of


def _cases(expr: Piecewise, given: Given) -> Rounded:
    return next(evaluated(part, given) for part, when in expr.args if _holds(when, given))


def _holds(condition: Basic, given: Given) -> bool:
    if isinstance(condition, BooleanAtom):
        return bool(condition)
    if isinstance(condition, And | Or | Not):
        parts = (_holds(part, given) for part in condition.args)
        return all(parts) if isinstance(condition, And) else any(parts) != isinstance(condition, Not)
    if isinstance(condition, ITE):
        when, then, otherwise = condition.args
        return _holds(then if _holds(when, given) else otherwise, given)
    assert isinstance(condition, Relational)
    left, right = (evaluated(side, given).value for side in condition.args)
    return bool(COMPARED[condition.rel_op](left, right))


COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _repeated(expr: Product, given: Given) -> Rounded:
    body, (index, first, last) = expr.function, expr.limits[0]
    places = range(int(evaluated(first, given).value), int(evaluated(last, given).value) + 1)
    apart = {s: v for s, v in given.items() if s != ONCE}
    factors = [evaluated(body, {**apart, index: mpf(place)}) for place in places]
    return _times(factors) if factors else Rounded(mpf(1))


def _called(expr: AppliedUndef, given: Given) -> Rounded:
    """A function of the user's, which gives a float: what that is, is what is meant."""
    return Rounded(mpf(given[expr.func](int(evaluated(expr.args[0], given).value))))


KINDS: Mapping[type, Callable[[Any, Given], Rounded]] = {
    Piecewise: _cases,
    Add: _sum,
    Product: _repeated,
    Mul: _product,
    Pow: _power,
    cos: _bounded(mp.cos),
    tanh: _bounded(mp.tanh),
    floor: _whole,
    Mod: _remainder,
    Max: _extreme(max),
    Min: _extreme(min),
    AppliedUndef: _called,
}
