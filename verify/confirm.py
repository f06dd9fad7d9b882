"""The second oracle: one lane of a rule in guaranteed ball arithmetic (python-flint's `arb`).

It shares no numerics with the screening oracle: it walks the rule's expressions itself, on exact inputs, at 300 bits
and more, and returns an enclosure of the exact value. There is no error budget here: the budget says how far an
implementation may be, this says from what.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb, ctx
from sympy import Abs, Add, And, Expr, Max, Min, Mul, Or, Piecewise, Pow, Symbol, sign

from lawful.verify.rule import Rule
from lawful.verify.symbols import g, t, x

BITS = 300


def exact_trajectory(
    rule: Rule, x0: float, gradients: Sequence[float], hypers: Sequence[Mapping[Symbol, float]]
) -> list[Any]:
    """Enclosures of the parameter after each step, from x0 under these gradients and hyperparameters per step."""
    ctx.prec = BITS
    first: dict[Symbol, Any] = {x: arb(x0), **{s: arb(h) for s, h in hypers[0].items()}}
    values = {x: arb(x0), **{s: evaluate(rule.initial(s), first) for s in rule.state}}
    path = []
    for step, (gradient, hyper) in enumerate(zip(gradients, hypers, strict=True), start=1):
        environment = {**values, g: arb(gradient), t: arb(step), **{s: arb(h) for s, h in hyper.items()}}
        values = {s: evaluate(e, environment) for s, e in rule.state.items()} | {
            x: evaluate(rule.x, environment)
        }
        path.append(values[x])
    return path


def evaluate(expr: Expr, environment: Mapping[Symbol, Any]) -> Any:
    """An enclosure of the expression's value.

    Raises:
        ArithmeticError: a sign, a maximum or a case that the enclosures cannot decide, or a root of a negative number.
    """
    if isinstance(expr, Symbol):
        return environment[expr]
    if expr.is_Number:
        return arb(int(expr.p)) / int(expr.q) if expr.is_Rational else arb(float(expr))
    if isinstance(expr, Piecewise):
        return evaluate(next(e for e, c in expr.args if _holds(c, environment)), environment)
    return _OPERATIONS[expr.func](*(evaluate(a, environment) for a in expr.args))


def _holds(condition: Any, environment: Mapping[Symbol, Any]) -> bool:
    if condition in (True, False):
        return bool(condition)
    if isinstance(condition, And | Or):
        return (all if isinstance(condition, And) else any)(_holds(c, environment) for c in condition.args)
    difference = _sign(evaluate(condition.lhs, environment) - evaluate(condition.rhs, environment))
    return bool(condition.func(int(difference.unique_fmpz()), 0))


def _power(base: Any, exponent: Any) -> Any:
    if exponent.is_integer():
        return base ** int(exponent.unique_fmpz())
    if (exponent * 2).is_integer():
        return base.sqrt() ** int((exponent * 2).unique_fmpz())
    return base**exponent if base > 0 else _zero(base)


def _zero(base: Any) -> Any:
    if base == 0:
        return arb(0)
    raise ArithmeticError(f"a power of {base}, which may be negative")


def _sign(value: Any) -> Any:
    if value == 0 or value > 0 or value < 0:
        return arb(0) if value == 0 else arb(1 if value > 0 else -1)
    raise ArithmeticError(f"the sign of {value} is undecided")


def _sum(*terms: Any) -> Any:
    return sum(terms, arb(0))


def _product(*factors: Any) -> Any:
    result = arb(1)
    for factor in factors:
        result = result * factor
    return result


_OPERATIONS: Mapping[Any, Callable[..., Any]] = {
    Add: _sum,
    Mul: _product,
    Pow: _power,
    Max: lambda *a: _fold(a, lambda p, q: p.max(q)),
    Min: lambda *a: _fold(a, lambda p, q: p.min(q)),
    Abs: abs,
    sign: _sign,
}


def _fold(values: tuple[Any, ...], pair: Callable[[Any, Any], Any]) -> Any:
    first, *others = values
    for other in others:
        first = pair(first, other)
    return first
