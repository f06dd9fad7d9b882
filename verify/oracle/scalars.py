"""Scalars of a rule (lr/(1 − β1ᵗ), 1 − β2 …) to numbers: the exact value, and what evaluating it loses.

Hyperparameters are the exact float64 numbers that the user wrote. β^t is charged t + 2 roundings, which
admits a power function as well as a running product kept from step to step. Scalar
state has the error of all steps so far.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, TypeAlias

import mpmath
from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Expr,
    Ge,
    Gt,
    Le,
    Lt,
    Max,
    Min,
    Mod,
    Mul,
    Or,
    Pow,
    Symbol,
    fraction,
    log,
    together,
)

from lawful.verify.language.symbols import lr, t
from lawful.verify.oracle.balls import Ball

exactly = mpmath.MPContext()
"""Arithmetic in which the values of scalars are exact enough for double-double centres."""
exactly.prec = 220

FLOAT64 = 2.0**-53


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
        return Ball((self.number, None), self.error + abs(self.rest))

    @cached_property
    def double(self) -> Ball:
        """The same in double-double."""
        return Ball((self.number, self.rest), self.error)

    @cached_property
    def rest(self) -> float:
        """What float64 leaves of the value."""
        return float(self.value - exactly.mpf(self.number))

    def rounded(self, unit: float) -> "Scalar":
        """One rounding more."""
        return Scalar(self.value, self.error + unit * (self.size + self.error))


NO_NUMBER = Scalar(exactly.nan, float("inf"))
"""What dividing by 0 gives: nothing that depends on it has a verdict."""

Environment: TypeAlias = Mapping[Symbol, float | Scalar]
"""Hyperparameters and `t` are numbers, state is a `Scalar`."""

Evaluator: TypeAlias = Callable[[Environment, float], Scalar]
"""(values of the symbols, relative error of operations on t and lr, which may be tensors) → scalar."""


def is_power_of_two(expr: Expr) -> bool:
    """Whether casting a scalar, and multiplying by it, is exact."""
    if not expr.is_Rational or expr == 0:
        return False
    size = abs(expr.p) * expr.q
    return bool(size & (size - 1) == 0)


@lru_cache(maxsize=2**14)
def evaluated(node: Expr, values: tuple[float | Scalar, ...], unit: float) -> Scalar:
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
    if node.is_Number:
        value = exactly.mpf(node.p) / node.q if node.is_Rational else exactly.mpf(float(node))
        return lambda env, unit: Scalar(value)
    compiled = [compile_scalar(arg) for arg in node.args]
    combine = _COMBINE[node.func]
    moving = node.has(t, lr)

    def evaluate(env: Environment, unit: float) -> Scalar:
        on_device = moving or any(isinstance(env[s], Scalar) for s in symbols(node))
        return combine([c(env, unit) for c in compiled], unit if on_device else FLOAT64)

    return evaluate


def _leaf(value: float | Scalar, unit: float) -> Scalar:
    """State, or a number that the user wrote; lr may be held in a tensor of lower precision."""
    if isinstance(value, Scalar):
        return value
    return Scalar(exactly.mpf(value), abs(value) * unit if unit > FLOAT64 else 0.0)


def _sum(terms: list[Scalar], unit: float) -> Scalar:
    total = Scalar(exactly.fsum(s.value for s in terms), sum(s.error for s in terms))
    partial = (len(terms) - 2) * sum(s.size + s.error for s in terms)
    return Scalar(total.value, total.error + unit * partial).rounded(unit)


def _product(factors: list[Scalar], unit: float) -> Scalar:
    result = factors[0]
    for f in factors[1:]:
        error = result.error * f.size + f.error * result.size + result.error * f.error
        result = Scalar(result.value * f.value, error).rounded(unit)
    return result


def _power(arguments: list[Scalar], unit: float) -> Scalar:
    base, exponent = arguments
    if (base.value == 0 and exponent.value < 0) or (base.value < 0 and exponent.value % 1 != 0):
        return NO_NUMBER
    value = base.value**exponent.value
    size = abs(float(value))
    if exponent.value == -1:
        return Scalar(value, size * base.error / max(base.size - base.error, 1e-300)).rounded(unit)
    relative = exponent.size * base.error / base.size if base.size else 0.0
    relative += abs(float(exactly.log(base.value))) * exponent.error if exponent.error and base.size else 0.0
    return Scalar(value, size * (1.01 * relative + _roundings(exponent) * unit))


def _roundings(exponent: Scalar) -> float:
    return exponent.number + 2 if exponent.number > 2 else 2


def _logarithm(arguments: list[Scalar], unit: float) -> Scalar:
    """Two roundings, as of every function that no format rounds correctly."""
    (of,) = arguments
    if of.value <= of.error:
        return NO_NUMBER
    return Scalar(exactly.log(of.value), of.error / (of.size - of.error)).rounded(2 * unit)


def _selected(pick: Callable[..., Any]) -> Callable[[list[Scalar], float], Scalar]:
    """A selection, which is 1-Lipschitz in each argument."""
    return lambda arguments, unit: Scalar(
        pick(*(s.value for s in arguments)), max(s.error for s in arguments)
    )


def _remainder(arguments: list[Scalar], unit: float) -> Scalar:
    """Of two whole numbers, which loses nothing."""
    first, second = arguments
    return Scalar(first.value - second.value * exactly.floor(first.value / second.value))


_COMBINE: Mapping[Any, Callable[[list[Scalar], float], Scalar]] = {
    Add: _sum, Mul: _product, Pow: _power, Max: _selected(max), Min: _selected(min), Abs: _selected(abs),
    Mod: _remainder, log: _logarithm,
}  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- conditions
_RELATIONS: Mapping[Any, Callable[[Any, int], bool]] = {
    Gt: operator.gt, Lt: operator.lt, Ge: operator.ge, Le: operator.le, Eq: operator.eq,
}  # fmt: skip


def holds(condition: Any, environment: Environment, unit: float) -> tuple[bool, bool]:
    """Whether a condition on scalars holds, and whether that is sure however they are rounded."""
    if condition in (True, False):
        return bool(condition), True
    if isinstance(condition, And | Or):
        parts = [holds(c, environment, unit) for c in condition.args]
        decides = isinstance(condition, Or)  # one sure part that has this value decides
        value = decides if any(v is decides for v, _ in parts) else not decides
        return value, all(sure for _, sure in parts) or (decides, True) in parts
    difference = _difference(condition)
    scalar = evaluated(difference, tuple(environment[s] for s in symbols(difference)), unit)
    sure = (
        scalar.size > scalar.error or scalar.error == 0 or bool(difference.is_integer)
    )  # whole numbers are exact
    return _RELATIONS[condition.func](scalar.value, 0), sure


@cache
def _difference(relation: Any) -> Expr:
    """What is above, below or 0; of a fraction of whole numbers what stands above the line: t/n = 1 where t − n = 0."""
    difference = relation.lhs - relation.rhs
    above, below = fraction(together(difference))
    return above if below.is_positive and above.is_integer else difference
