"""Where a rule's weight may be while hyperparameters are anywhere in intervals: one element, in balls.

It shares nothing with the elimination but the rule: it walks the rule's expressions itself, and where an interval does
not tell which branch applies, it takes both.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flint import arb, ctx
from sympy import Abs, Add, Eq, Max, Min, Mul, Piecewise, Pow, Symbol, exp, log, sign
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import IfPositive, NewtonSchulz, OfTensor, cols, dim, n, rows

BITS = 128
SIZES = {n: 1, rows: 1, cols: 1, dim: 2}

Ranges = Mapping[Symbol, arb]


def course(
    rule: Rule,
    start: Any,
    gradients: Sequence[Any],
    setting: Ranges,
    before: Sequence[arb] = (),
    powers: Sequence[Mapping[Any, arb]] = (),
) -> list[arb]:
    """The weight before the first step and after each.

    Args:
        rule: the rule.
        start: the first weight.
        gradients: of each step; numbers, as `start`.
        setting: hyperparameter → where it is.
        before: the weight before each step but the first, where it is not what the step before left.
        powers: of each step, expression → where it is, of what is not worked out.
    """
    ctx.prec = BITS
    known = {**{s: arb(k) for s, k in SIZES.items()}, **setting}
    now: dict[Any, arb] = {x: exactly(start)}
    now |= {s: value(rule.initial(s), {**known, **now}) for s in rule.state}
    found = [now[x]]
    for k, gradient in enumerate(gradients, start=1):
        if before and k > 1:
            now[x] = before[k - 2]
        at = {**known, **now, g: exactly(gradient), t: arb(k), **(powers[k - 1] if powers else {})}
        now = {s: value(e, at) for s, e in {**rule.state, x: rule.x}.items()}
        found.append(now[x])
    return found


@lru_cache(maxsize=4096)
def exactly(number: Any) -> arb:
    """A sympy number in a ball; one that is no fraction to twice the digits."""
    ctx.prec = BITS
    return arb(int(number.p)) / int(number.q) if number.is_Rational else arb(str(number.evalf(60)))


def value(expr: Any, at: dict[Any, arb]) -> arb:
    """Where an expression may be; what is found stays in `at`."""
    if expr not in at:
        at[expr] = _worked_out(expr, at)
    return at[expr]


def _worked_out(expr: Any, at: dict[Any, arb]) -> arb:
    if not expr.args:
        return exactly(expr)
    if isinstance(expr, Piecewise):
        return _first(list(expr.args), at)
    parts = [value(part, at) for part in expr.args]
    if isinstance(expr, NewtonSchulz):
        return _orthogonal(*parts)
    if isinstance(expr, IfPositive):
        return _either(_above(parts[0]), parts[1], parts[2])
    if expr.func in OPERATIONS:
        return OPERATIONS[expr.func](*parts)
    return abs(parts[0]) if expr.func.__name__.endswith("Norm") else _of_tensor(expr, parts)


def _of_tensor(expr: Any, parts: list[arb]) -> arb:
    if not isinstance(expr, OfTensor):
        raise ArithmeticError(f"no range of {expr.func}")
    return parts[0]


def _first(branches: list[Any], at: dict[Any, arb]) -> arb:
    """The value of the first branch that applies, or of all that may."""
    (expr, condition), *others = branches
    holds = _holds(condition, at)
    if holds is True or not others:
        return value(expr, at)
    return _first(others, at) if holds is False else value(expr, at).union(_first(others, at))


def _holds(condition: Any, at: dict[Any, arb]) -> bool | None:
    """Whether a condition holds; None where that is not sure."""
    if condition in (True, False):
        return bool(condition)
    if not isinstance(condition, Relational):
        parts = [_holds(part, at) for part in condition.args]
        every = condition.func.__name__ == "And"
        return (not every) if (not every) in parts else (None if None in parts else every)
    gap = value(condition.lhs, at) - value(condition.rhs, at)
    if isinstance(condition, Eq):
        return True if gap == 0 else None if gap.contains(0) else False
    if condition.rel_op in (">", "<="):
        above = _above(gap)
        return above if above is None else above == (condition.rel_op == ">")
    below = _above(-gap)
    return below if below is None else below == (condition.rel_op == "<")


def _above(range_: arb) -> bool | None:
    """Whether it is above 0; None where that is not sure."""
    return True if range_ > 0 else False if range_ <= 0 else None


def _either(holds: bool | None, one: arb, other: arb) -> arb:
    return one.union(other) if holds is None else one if holds else other


def _sign(range_: arb) -> arb:
    if range_ > 0 or range_ < 0 or range_ == 0:
        return range_.sgn()
    return arb(0, 1)


def _power(base: arb, exponent: arb) -> Any:
    if exponent.is_integer():
        return base ** _whole(exponent)
    return base.sqrt() ** _whole(2 * exponent) if (2 * exponent).is_integer() else base**exponent


def _whole(number: arb) -> int:
    return round(float(number.mid()))


def _orthogonal(e: arb, a: arb, b: arb, c: arb, least: arb, steps: arb) -> arb:
    found = e / abs(e).max(least)
    for _ in range(_whole(steps)):
        found = a * found + b * found**3 + c * found**5
    return found


def _folded(pair: Callable[[arb, arb], arb]) -> Callable[..., arb]:
    def fold(first: arb, *others: arb) -> arb:
        for other in others:
            first = pair(first, other)
        return first

    return fold


OPERATIONS: Mapping[Any, Callable[..., arb]] = {
    Add: _folded(lambda a, b: a + b),
    Mul: _folded(lambda a, b: a * b),
    Max: _folded(lambda a, b: a.max(b)),
    Min: _folded(lambda a, b: a.min(b)),
    Pow: _power,
    Abs: abs,
    sign: _sign,
    exp: lambda a: a.exp(),
    log: lambda a: a.log(),
}
