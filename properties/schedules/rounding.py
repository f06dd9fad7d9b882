"""A schedule's formula as numbers: the value to 60 digits, and how far a float64 computation of it may be off.

The bound is forward error analysis along the expression: each operation adds half a unit in the last place of what it
gives (a whole one for cosines and powers, which mathematical libraries promise no better), and passes on, without
linearisation, what its operands are off by. Sums and products of several are taken in any order, and a power γᵏ is k
multiplications or one call. Conditions and whole parts are taken from the exact values: where they turn, the formula is
continuous, or they speak of whole numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath import MPContext
from sympy import Add, Basic, Expr, Max, Min, Mod, Mul, Piecewise, Pow, Product, Symbol, cos, floor, tanh
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, BooleanAtom, Not, Or

from lawful.verify.language.schedule import Formula, a, b, eta, k

DIGITS = 60
mp = MPContext()
mp.dps = DIGITS
mpf = mp.mpf

UNIT = mpf(2) ** -53
"""Half a unit in the last place of 1."""

NOTHING = mpf(0)
LEAST = mpf(2) ** -1074
"""What an underflow may lose."""


@dataclass(frozen=True)
class Rounded:
    """An exact value, and how far one that was computed may be from it."""

    value: Any
    error: Any = NOTHING

    @property
    def largest(self) -> Any:
        """The largest size of what may have been computed."""
        return abs(self.value) + self.error


Given = Mapping[Any, Any]


def evaluated(expr: Basic, given: Given) -> Rounded:
    """An expression in float64, where symbols and functions have these meanings."""
    if expr in given:
        found = given[expr]
        return found if isinstance(found, Rounded) else Rounded(mpf(found))
    if isinstance(expr, Expr) and not expr.args:
        return _constant(expr)
    return KINDS[_kind(expr)](expr, given)


def _constant(expr: Expr) -> Rounded:
    """A number of the formula; one that no float64 need be, such as π, is rounded."""
    if expr.is_Integer or not expr.is_finite:
        return Rounded(mpf(int(expr)) if expr.is_Integer else mpf(float(expr)))
    value = mpf(expr.p) / mpf(expr.q) if expr.is_Rational else mp.make_mpf(expr.evalf(DIGITS)._mpf_)
    return Rounded(value, UNIT * abs(value))


def _kind(expr: Basic) -> type:
    return next(kind for kind in KINDS if isinstance(expr, kind))


def _sum(expr: Expr, given: Given) -> Rounded:
    terms = [evaluated(term, given) for term in expr.args]
    sizes = sum((term.largest for term in terms), mpf(0))
    error = sum((term.error for term in terms), mpf(0)) + (len(terms) - 1) * UNIT * sizes
    return Rounded(sum((term.value for term in terms), mpf(0)), error + LEAST)


def _product(expr: Expr, given: Given) -> Rounded:
    return _times([evaluated(factor, given) for factor in expr.args])


def _times(factors: Sequence[Rounded]) -> Rounded:
    value, largest = mp.fprod(f.value for f in factors), mp.fprod(f.largest for f in factors)
    rounded = [f for f in factors if f.error or abs(f.value) != 1]
    grown = largest * (1 + UNIT) ** max(len(rounded) - 1, 0)
    return Rounded(value, grown - abs(value) + LEAST)


def _power(expr: Pow, given: Given) -> Rounded:
    base, power = evaluated(expr.base, given), evaluated(expr.exp, given).value
    ends = [base.value, base.value - base.error, base.value + base.error]
    if power == mp.floor(power):
        values = [_pow(end, power) for end in ends]
    else:
        values = [_pow(max(end, mpf(0)), power) for end in ends]
    off = mp.inf if power < 0 and ends[1] <= 0 <= ends[2] else max(abs(v - values[0]) for v in values)
    return Rounded(values[0], off + (abs(values[0]) + off) * ((1 + UNIT) ** _operations(power) - 1))


def _operations(power: Any) -> Any:
    """How many half units a power may cost: none for the number itself, one for a quotient, else a call or products."""
    return {0: mpf(0), 1: mpf(0), -1: mpf(1)}.get(power, max(abs(power), mpf(2)))


def _pow(base: Any, power: Any) -> Any:
    return mp.inf if base == 0 and power < 0 else base**power


def _cosine(expr: Expr, given: Given) -> Rounded:
    angle = evaluated(expr.args[0], given)
    value = mp.cos(angle.value)
    return Rounded(value, angle.error + 2 * UNIT)


def _tanh(expr: Expr, given: Given) -> Rounded:
    """Its slope is 1 at most."""
    place = evaluated(expr.args[0], given)
    return Rounded(mp.tanh(place.value), place.error + 2 * UNIT)


def _whole(expr: Expr, given: Given) -> Rounded:
    return Rounded(mp.floor(evaluated(expr.args[0], given).value))


def _remainder(expr: Expr, given: Given) -> Rounded:
    left, right = (evaluated(part, given).value for part in expr.args)
    return Rounded(left - right * mp.floor(left / right))


def _extreme(choose: Callable[..., Any]) -> Callable[[Expr, Given], Rounded]:
    def of(expr: Expr, given: Given) -> Rounded:
        parts = [evaluated(part, given) for part in expr.args]
        return Rounded(choose(part.value for part in parts), max(part.error for part in parts))

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
    factors = [evaluated(body, {**given, index: mpf(place)}) for place in places]
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
    cos: _cosine,
    tanh: _tanh,
    floor: _whole,
    Mod: _remainder,
    Max: _extreme(max),
    Min: _extreme(min),
    AppliedUndef: _called,
}


@dataclass(frozen=True)
class Set:
    """What a schedule sets at one step: the rate, and momentum where it sets it; None where it is not defined."""

    rate: Rounded | None
    momentum: Rounded | None = None


def course(formula: Formula, given: Given, base: float, metrics: Sequence[float] = ()) -> Iterator[Set]:
    """What is set in a group of this rate after 0, 1, 2 … steps, without an end."""
    meant: dict[Any, Any] = {**given, b: mpf(base)}
    state: dict[Symbol, Rounded] = {s: evaluated(begin, meant) for s, (begin, _) in formula.state.items()}
    last = None if formula.last is None else evaluated(formula.last, meant).value
    along: Rounded | None = None
    for done in range(10**9):
        here: dict[Any, Any] = {**meant, k: mpf(done), **state}
        if last is not None and done > last:
            yield Set(None)
            continue
        rate = evaluated(formula.rate, here)
        along = _along(formula, here, along, rate) if done else rate
        bound = max(rate.error, along.error) if along is not None else rate.error
        momentum = None if formula.momentum is None else evaluated(formula.momentum, here)
        yield Set(Rounded(rate.value, bound), momentum)
        if formula.fed:
            if done == len(metrics):
                return
            here[a] = mpf(metrics[done])
        for symbol, expr in formula.names.items():
            here[symbol] = evaluated(expr, here)
        state = {s: evaluated(after, here) for s, (_, after) in formula.state.items()}


def _along(formula: Formula, given: Given, before: Rounded | None, rate: Rounded) -> Rounded | None:
    """The rate by recursion; None where there is none, or from where it says nothing any more."""
    if formula.recursion is None or before is None:
        return None
    off = evaluated(formula.recursion, {**given, eta: before}).error
    return Rounded(rate.value, off) if mp.isfinite(off) else None
