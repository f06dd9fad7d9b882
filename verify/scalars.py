"""Scalars of a rule (lr/(1 − β1ᵗ), 1 − β2 …) to numbers: the exact value and what evaluating it in floats can lose.

Hyperparameters are the exact float64 numbers that the user wrote. β^t is charged t + 2 roundings, which admits a power
function as well as a running product kept from step to step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeAlias

import mpmath
from sympy import Add, Expr, Mul, Pow, Symbol

from lawful.verify.symbols import lr, t

PRECISION = 220
"""Bits of the exact values."""

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

    @property
    def size(self) -> float:
        """|value| in float64."""
        return abs(self.number)

    def rounded(self, unit: float) -> "Scalar":
        """One rounding more."""
        return Scalar(self.value, self.error + unit * (self.size + self.error))


Evaluator: TypeAlias = Callable[[Environment, float], Scalar]
"""(values of the symbols, relative error of operations on t and lr, which may be tensors) → scalar."""

FLOAT64 = 2.0**-53


@cache
def compile_scalar(node: Expr) -> Evaluator:
    """The evaluator of an expression without tensors."""
    if isinstance(node, Symbol):
        return lambda env, unit: _leaf(env[node], unit if node == lr else FLOAT64)
    if node.is_Rational:
        return lambda env, unit: Scalar(mpmath.mpf(node.p) / node.q)
    compiled = [compile_scalar(arg) for arg in node.args]
    combine = _COMBINE[node.func]
    on_device = node.has(t, lr)

    def evaluate(env: Environment, unit: float) -> Scalar:
        return combine([c(env, unit) for c in compiled], unit if on_device else FLOAT64)

    return evaluate


def _leaf(value: float, unit: float) -> Scalar:
    """A number that the user wrote; lr may be held in a tensor of lower precision."""
    return Scalar(mpmath.mpf(value), abs(value) * unit if unit > FLOAT64 else 0.0)


def _sum(terms: list[Scalar], unit: float) -> Scalar:
    total = Scalar(mpmath.fsum(s.value for s in terms), sum(s.error for s in terms))
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


def _roundings(exponent: Scalar) -> float:
    whole = float(exponent.value)
    return whole + 2 if whole > 2 else 2


_COMBINE: Mapping[Any, Callable[[list[Scalar], float], Scalar]] = {Add: _sum, Mul: _product, Pow: _power}
