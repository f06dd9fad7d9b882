"""An expression as a function of what its symbols stand for: a number to 60 digits, and how far one that is computed in
floating point may be off.

Each expression is gone through once; what it is made of is shared. Conditions and whole parts are taken from the exact
values: where they turn, the formula is continuous, or they speak of whole numbers.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from flint import arb, ctx
from sympy import (
    Add,
    Basic,
    Expr,
    Max,
    Min,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Product,
    Symbol,
    ceiling,
    cos,
    floor,
    tanh,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, BooleanAtom, Not, Or

from lawful.properties.schedules.rounding import (
    BITS,
    DIGITS,
    DOUBLE,
    Rounded,
    added,
    ball,
    bounded,
    extreme,
    times,
    to_the,
    whole,
)
from lawful.verify.language.schedule import b, eta, k

Given = Mapping[Any, Any]
Worth = Callable[[Given], Rounded]
Holds = Callable[[Given], bool]

ONCE = "once"
"""Under this name, what was worked out of expressions in the steps, for groups of other rates to have it too."""


def evaluated(expr: Basic, given: Given) -> Rounded:
    """An expression where symbols and functions have these meanings: numbers in float64, or `Rounded`."""
    ctx.prec = BITS
    return _worth(expr)(given)


@cache
def _worth(expr: Basic) -> Worth:
    if isinstance(expr, Symbol):
        return lambda given: ball(given[expr])
    if not expr.args:
        constant = _constant(expr)
        return lambda given: constant
    found = next(worth for kind, worth in KINDS.items() if isinstance(expr, kind))(expr)
    free = expr.free_symbols
    return _kept(found) if k in free and not free & {b, eta} else found


def _kept(worth: Worth) -> Worth:
    """The same of what hangs on the steps and on no rate, worked out once at each of them."""

    def found(given: Given) -> Rounded:
        if ONCE not in given:
            return worth(given)
        known: dict[Any, Rounded] = given[ONCE]
        place = worth, given[k]
        if place not in known:
            known[place] = worth(given)
        return known[place]

    return found


def _constant(expr: Any) -> Rounded:
    """A number of the formula; one that no float64 need be, such as π, is rounded."""
    if expr.is_Integer or not expr.is_finite:
        return Rounded(arb(int(expr) if expr.is_Integer else float(expr)))
    rounded = Rounded(arb(int(expr.p)) / int(expr.q) if expr.is_Rational else arb(str(expr.evalf(DIGITS))))
    rounded.error = DOUBLE.unit * rounded.size
    return rounded


def _operation(of: Callable[[Any], Rounded]) -> Callable[[Expr], Worth]:
    """What is done with the worth of all arguments."""

    def worth(expr: Expr) -> Worth:
        arguments = [_worth(each) for each in expr.args]
        return lambda given: of([argument(given) for argument in arguments])

    return worth


def _remainder(left: Any, right: Any) -> Any:
    return left - right * whole(left / right)


def _cases(expr: Piecewise) -> Worth:
    cases = [(_worth(part), _holds(when)) for part, when in expr.args]
    return lambda given: next(part(given) for part, when in cases if when(given))


@cache
def _holds(condition: Basic) -> Holds:
    if isinstance(condition, BooleanAtom):
        always = bool(condition)
        return lambda given: always
    if isinstance(condition, Relational):
        compared, left, right = COMPARED[condition.rel_op], _worth(condition.lhs), _worth(condition.rhs)
        return lambda given: bool(compared(left(given).value, right(given).value))
    parts = [_holds(part) for part in condition.args]
    return next(together for kind, together in TOGETHER.items() if isinstance(condition, kind))(parts)


TOGETHER: Mapping[type, Callable[[list[Holds]], Holds]] = {
    And: lambda parts: lambda given: all(part(given) for part in parts),
    Or: lambda parts: lambda given: any(part(given) for part in parts),
    Not: lambda parts: lambda given: not parts[0](given),
    ITE: lambda parts: lambda given: parts[1 if parts[0](given) else 2](given),
}

COMPARED = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _repeated(expr: Product) -> Worth:
    index, first, last = expr.limits[0]
    body, begin, end = map(_worth, (expr.function, first, last))

    def found(given: Given) -> Rounded:
        places = range(int(float(begin(given).value)), int(float(end(given).value)) + 1)
        apart = {s: v for s, v in given.items() if s != ONCE}
        factors = [body({**apart, index: place}) for place in places]
        return times(factors) if factors else ball(1)

    return found


def _called(expr: AppliedUndef) -> Worth:
    """A function of the user's, which gives a float: what that is, is what is meant."""
    argument = _worth(expr.args[0])
    return lambda given: ball(given[expr.func](int(float(argument(given).value))))


KINDS: Mapping[type, Callable[[Any], Worth]] = {
    Piecewise: _cases,
    Add: _operation(added),
    Product: _repeated,
    Mul: _operation(times),
    Pow: _operation(lambda parts: to_the(parts[0], parts[1])),
    cos: _operation(lambda parts: bounded(arb.cos, parts[0])),
    tanh: _operation(lambda parts: bounded(arb.tanh, parts[0])),
    floor: _operation(lambda parts: Rounded(whole(parts[0].value))),
    ceiling: _operation(lambda parts: Rounded(-whole(-parts[0].value))),
    Mod: _operation(lambda parts: Rounded(_remainder(parts[0].value, parts[1].value))),
    Max: _operation(lambda parts: extreme(max, parts)),
    Min: _operation(lambda parts: extreme(min, parts)),
    AppliedUndef: _called,
}
