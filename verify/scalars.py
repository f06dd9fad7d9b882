"""Scalars of a rule (lr/(1 − β1ᵗ), 1 − β2 …) to numbers: the exact value, and what evaluating it loses.

Hyperparameters are the exact float64 numbers that the user wrote. β^t is charged t + 2 roundings, which
admits a power function as well as a running product kept from step to step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, TypeAlias

import mpmath
from sympy import Add, Expr, Max, Min, Mul, Pow, Symbol

from lawful.verify.balls import Ball
from lawful.verify.symbols import lr, t

exactly = mpmath.MPContext()
"""Arithmetic in which the values of scalars are exact enough for double-double centres."""
exactly.prec = 220

FLOAT64 = 2.0**-53

Environment: TypeAlias = Mapping[Symbol, Any]


@dataclass(frozen=True)
class Scalar:
    """An exact value and a bound on |computed − value|."""

    value: Any
    error: float = 0.0

    @cached_property
    def number(self) -> float:
        """The value in float64."""
        return float(self.value)

    @cached_property
    def size(self) -> float:
        """|value| in float64."""
        return abs(self.number)

    @cached_property
    def single(self) -> Ball:
        """The value in float64, and what evaluating it can lose (casting it is charged where it is used)."""
        return Ball((self.number, None), self.error + FLOAT64 * self.size)

    @cached_property
    def double(self) -> Ball:
        """The same in double-double."""
        return Ball((self.number, float(self.value - exactly.mpf(self.number))), self.error)

    def rounded(self, unit: float) -> "Scalar":
        """One rounding more."""
        return Scalar(self.value, self.error + unit * (self.size + self.error))


Evaluator: TypeAlias = Callable[[Environment, float], Scalar]
"""(values of the symbols, relative error of operations on t and lr, which may be tensors) → scalar."""


@lru_cache(maxsize=2**14)
def evaluated(node: Expr, values: tuple[float, ...], unit: float) -> Scalar:
    """An expression without tensors at these values of its `symbols`, kept from run to run."""
    return compile_scalar(node)(dict(zip(symbols(node), values, strict=True)), unit)


@cache
def symbols(node: Expr) -> tuple[Symbol, ...]:
    """The symbols of an expression, in a fixed order."""
    return tuple(sorted(node.free_symbols, key=str))


@cache
def compile_scalar(node: Expr) -> Evaluator:
    """The evaluator of an expression without tensors."""
    if isinstance(node, Symbol):
        return lambda env, unit: _leaf(env[node], unit if node == lr else FLOAT64)
    if node.is_Rational:
        return lambda env, unit: Scalar(exactly.mpf(node.p) / node.q)
    compiled = [compile_scalar(arg) for arg in node.args]
    combine = _COMBINE[node.func]
    on_device = node.has(t, lr)

    def evaluate(env: Environment, unit: float) -> Scalar:
        return combine([c(env, unit) for c in compiled], unit if on_device else FLOAT64)

    return evaluate


def _leaf(value: float, unit: float) -> Scalar:
    """A number that the user wrote; lr may be held in a tensor of lower precision."""
    return Scalar(exactly.mpf(value), abs(value) * unit if unit > FLOAT64 else 0.0)


def _sum(terms: list[Scalar], unit: float) -> Scalar:
    total = Scalar(exactly.fsum(s.value for s in terms), sum(s.error for s in terms))
    return total.rounded(unit * (len(terms) - 1))


def _product(factors: list[Scalar], unit: float) -> Scalar:
    result = factors[0]
    for f in factors[1:]:
        error = result.error * f.size + f.error * result.size + result.error * f.error
        result = Scalar(result.value * f.value, error).rounded(unit)
    return result


def _power(arguments: list[Scalar], unit: float) -> Scalar:
    base, exponent = arguments
    value = base.value**exponent.value
    size = abs(float(value))
    if exponent.value == -1:
        return Scalar(value, size * base.error / max(base.size - base.error, 1e-300)).rounded(unit)
    relative = base.error / base.size if base.size else 0.0
    return Scalar(value, size * (abs(float(exponent.value)) * relative * 1.01 + _roundings(exponent) * unit))


def _selected(scalars: list[Scalar], choose: Callable[..., Any]) -> Scalar:
    return Scalar(choose(s.value for s in scalars), max(s.error for s in scalars))


def _roundings(exponent: Scalar) -> float:
    whole = float(exponent.value)
    return whole + 2 if whole > 2 else 2


_COMBINE: Mapping[Any, Callable[[list[Scalar], float], Scalar]] = {
    Add: _sum,
    Mul: _product,
    Pow: _power,
    Max: lambda scalars, unit: _selected(scalars, max),
    Min: lambda scalars, unit: _selected(scalars, min),
}
