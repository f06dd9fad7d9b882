"""The second oracle: one lane or one tensor of a rule in guaranteed ball arithmetic (python-flint's `arb`).

It shares no numerics with the screening oracle: it walks the rule's expressions itself, on exact inputs, at 300 bits
and more, and returns an enclosure of the exact value. There is no error budget here: the budget says how far an
implementation may be, this says from what.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from flint import arb, ctx
from sympy import Abs, Add, And, Expr, Max, Min, Mod, Mul, Or, Piecewise, Pow, Symbol, atan2, exp, log, sign

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import (
    BY_TENSOR,
    ColMax,
    ColMean,
    EverywhereMean,
    EverywhereNorm,
    IfPositive,
    In8Bits,
    In32Bits,
    NewtonSchulz,
    NewtonSchulzInBfloat16,
    Norm,
    RowMax,
    RowMean,
    Total,
    sizes,
)

BITS = 300

PIECES = Symbol("pieces")
"""Under this the environment holds how many elements each tensor has, where there are several."""


def exact_trajectory(
    rule: Rule | Sequence[Rule], x0: Any, gradients: Sequence[Any], hypers: Sequence[Mapping[Symbol, float]],
    pieces: tuple[int, ...] = (),
) -> list[Any]:  # fmt: skip
    """Enclosures of the parameter after each step, from x0 under these gradients and hyperparameters per step.

    Args:
        rule: the rule, or that of each step.
        x0: a number, or nested lists of them.
        gradients: of each step, like x0.
        hypers: of each step.
        pieces: how many elements of x0 each tensor has, where it holds several.

    Returns:
        Arrays of `arb`, of the shape of x0.
    """
    ctx.prec = BITS
    rules = [rule] * len(gradients) if isinstance(rule, Rule) else rule
    first: dict[Symbol, Any] = {x: exactly(x0), **_exactly(hypers[0]), PIECES: pieces}
    values = {x: first[x], **{s: evaluate(rules[0].initial(s), first) for s in rules[0].state}}
    path = []
    for step, (now, gradient, hyper) in enumerate(zip(rules, gradients, hypers, strict=True), start=1):
        numbers = {t: step, **sizes(np.shape(x0)), **hyper}
        environment = {**values, g: exactly(gradient), **_exactly(numbers), PIECES: pieces}
        values = {s: _value(e, environment) for s, e in {**now.state, x: now.x}.items()}
        path.append(values[x])
    return path


def exact_step(
    rule: Rule, values: Mapping[Symbol, Any], gradient: Any, hypers: Sequence[Mapping[Symbol, float]],
    pieces: tuple[int, ...] = (),
) -> Any:  # fmt: skip
    """Enclosures of the parameter after one more step, from values of the parameter and of the state's tensors.

    Args:
        rule: the rule.
        values: `x` and the state's tensors; the state's numbers depend on the hyperparameters alone.
        gradient: of that step, like `x`.
        hypers: of each step up to that one.
        pieces: how many elements each tensor has, where there are several.
    """
    ctx.prec = BITS
    shape = np.shape(values[x])
    numbers = {s: evaluate(rule.initial(s), _exactly(hypers[0])) for s in rule.state if s not in values}
    for step, hyper in enumerate(hypers[:-1], start=1):
        around = {**_exactly({t: step, **sizes(shape), **hyper}), **numbers}
        numbers = {s: evaluate(rule.state[s], around) for s in numbers}
    now = {t: len(hypers), **sizes(shape), **hypers[-1], **values, g: gradient}
    return evaluate(rule.x, {**_exactly(now), **numbers, PIECES: pieces})


def _exactly(values: Mapping[Symbol, Any]) -> dict[Symbol, Any]:
    return {s: exactly(value) for s, value in values.items()}


def exactly(value: Any) -> Any:
    """Numbers as an array of `arb`."""
    array = np.asarray(value, dtype=object)
    return _lifted(_exact, array)


def _exact(number: Any) -> arb:
    return arb(float(number))


def _lifted(operation: Callable[..., Any], *arguments: Any) -> Any:
    """The operation on every element."""
    return np.asarray(_elementwise(operation, len(arguments))(*arguments), dtype=object)


@cache
def _elementwise(operation: Callable[..., Any], arguments: int) -> Any:
    return np.frompyfunc(operation, arguments, 1)


def evaluate(expr: Expr, environment: Mapping[Symbol, Any]) -> Any:
    """An enclosure of the expression's value.

    Raises:
        ArithmeticError: a sign, a maximum or a case that the enclosures cannot decide, or a root of a negative number.
    """
    return _value(expr, dict(environment))


def _value(expr: Any, found: dict[Any, Any]) -> Any:
    """The value of an expression, from those found before, to which it is added."""
    if expr not in found:
        found[expr] = _worked_out(expr, found)
    return found[expr]


def _worked_out(expr: Any, found: dict[Any, Any]) -> Any:
    if expr.is_Number:
        number = arb(int(expr.p)) / int(expr.q) if expr.is_Rational else arb(float(expr))
        return np.asarray(number, dtype=object)
    if isinstance(expr, Piecewise):
        return _value(next(e for e, c in expr.args if _holds(c, found)), found)
    arguments = [_value(a, found) for a in expr.args]
    if expr.func in BY_TENSOR and found.get(PIECES):
        return _by_tensor(_WHOLE[expr.func], arguments[0], found)
    if expr.func in _WHOLE:
        shape = found[x].shape
        return np.asarray(
            _WHOLE[expr.func](*(np.broadcast_to(a, _wide(a, shape)) for a in arguments)), dtype=object
        )
    return _lifted(_OPERATIONS[expr.func], *arguments)


def _wide(value: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a factor, or else the parameter's."""
    return value.shape if value.ndim == len(shape) else shape


def _holds(condition: Any, found: dict[Any, Any]) -> bool:
    if condition in (True, False):
        return bool(condition)
    if isinstance(condition, And | Or):
        return (all if isinstance(condition, And) else any)(_holds(c, found) for c in condition.args)
    difference = _sign(np.asarray(_value(condition.lhs, found) - _value(condition.rhs, found)).item())
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
    Mod: lambda a, b: a - b * (a / b).floor(),
    exp: lambda a: a.exp(),
    log: lambda a: a.log(),
    atan2: lambda above, below: arb.atan2(above, below),
    IfPositive: lambda q, a, b: a if _sign(q) > 0 else b,
}


def _newton_schulz(e: Any, a: Any, b: Any, c: Any, eps: Any, k: Any) -> Any:
    matrix = e / _fold((_norm(e), eps.flat[0]), lambda p, q: p.max(q))
    for _ in range(round(float(k.flat[0].mid()))):
        gram = matrix @ matrix.T
        matrix = a * matrix + (b.flat[0] * gram + c.flat[0] * (gram @ gram)) @ matrix
    return matrix


def _by_tensor(of: Callable[..., Any], value: Any, found: Mapping[Any, Any]) -> Any:
    """What a function makes of each tensor, for each of its elements."""
    every, ends = np.broadcast_to(value, found[x].shape), np.cumsum(found[PIECES])[:-1]
    each = [one for one in np.split(every, ends) if one.size]
    return np.concatenate([np.full(one.shape, of(one), dtype=object) for one in each])


def _largest(e: Any, axis: int) -> Any:
    return _elementwise(arb.max, 2).reduce(e, axis, keepdims=True)


def _norm(e: Any) -> Any:
    return np.sum(_lifted(lambda one: one * one, e)).sqrt()


_WHOLE: Mapping[Any, Callable[..., Any]] = {
    Total: np.sum,
    EverywhereMean: lambda a: np.sum(a) / arb(a.size),
    RowMean: lambda a: np.sum(a, -1, keepdims=True) / arb(a.shape[-1]),
    ColMean: lambda a: np.sum(a, -2, keepdims=True) / arb(a.shape[-2]),
    RowMax: lambda a: _largest(a, -1),
    ColMax: lambda a: _largest(a, -2),
    Norm: _norm,
    EverywhereNorm: _norm,
    In8Bits: lambda e, block: e,
    In32Bits: lambda e: e,
    NewtonSchulz: _newton_schulz,
    NewtonSchulzInBfloat16: _newton_schulz,
}


def _fold(values: tuple[Any, ...], pair: Callable[[Any, Any], Any]) -> Any:
    first, *others = values
    for other in others:
        first = pair(first, other)
    return first
