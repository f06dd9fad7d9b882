"""Scalars of a rule (lr/(1 − β1ᵗ), 1 − β2 …) to numbers: the exact value, and what evaluating it loses.

Hyperparameters are the exact float64 numbers that the user wrote. β^t is charged t + 2 roundings, which
admits a power function as well as a running product kept from step to step.
"""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from functools import cache, cached_property, lru_cache, reduce
from typing import Any

from sympy import Add, Expr, Mul, Pow, Symbol

from lawful.verify.balls import Ball
from lawful.verify.symbols import lr, t

EXACTLY = Context(prec=70)
"""Arithmetic in which the values of scalars are exact enough for double-double centres."""

FLOAT64 = 2.0**-53
ROOTS = (Decimal("0.5"), Decimal("0.25"))


class Scalar:
    """An exact value and a bound on |computed − value|.

    Attributes:
        value: the value, to 70 digits.
        error: the bound.
        number: the value in float64.
        size: |value| in float64.
    """

    def __init__(self, value: Decimal, error: float = 0.0) -> None:
        """A value with its bound."""
        self.value, self.error = value, error
        self.number = float(value)
        self.size = abs(self.number)

    def rounded(self, unit: float) -> "Scalar":
        """One rounding more."""
        return Scalar(self.value, self.error + unit * (self.size + self.error))

    @cached_property
    def single(self) -> Ball:
        """The value in float64, and what evaluating it can lose (casting it is charged where it is used)."""
        return Ball((self.number, None), self.error + FLOAT64 * self.size)

    @cached_property
    def double(self) -> Ball:
        """The same in double-double."""
        return Ball((self.number, float(EXACTLY.subtract(self.value, Decimal(self.number)))), self.error)


class Scalars:
    """Expressions without tensors at one step under one set of hyperparameters; each is evaluated once.

    Args:
        values: symbol → value.
        unit: relative error of operations on t and lr, which may be tensors.
        still: the same without t, for expressions that do not change from step to step.
    """

    def __init__(self, values: Mapping[Symbol, float], unit: float, still: "Scalars | None" = None) -> None:
        """Nothing evaluated yet."""
        self._values, self._unit, self._still = values, unit, still
        self._known: dict[Expr, Scalar] = {}

    def __call__(self, node: Expr) -> Scalar:
        """The scalar of an expression."""
        if self._still is not None and not _moves(node):
            return self._still(node)
        if node not in self._known:
            self._known[node] = self._evaluated(node)
        return self._known[node]

    def _evaluated(self, node: Expr) -> Scalar:
        if isinstance(node, Symbol):
            return _leaf(self._values[node], self._unit if node == lr else FLOAT64)
        if node.is_Rational:
            return Scalar(EXACTLY.divide(Decimal(int(node.p)), Decimal(int(node.q))))
        unit = self._unit if node.has(t, lr) else FLOAT64
        return _COMBINE[node.func]([self(arg) for arg in node.args], unit)


Hyper = tuple[tuple[Symbol, float], ...]


@lru_cache(maxsize=1024)
def scalars(hyper: Hyper, step: int, unit: float) -> Scalars:
    """The scalars at a step, kept for the other formats and paths that ask for the same."""
    return Scalars({**dict(hyper), t: step}, unit, _still(hyper, unit))


@lru_cache(maxsize=64)
def _still(hyper: Hyper, unit: float) -> Scalars:
    return Scalars(dict(hyper), unit)


@cache
def _moves(node: Expr) -> bool:
    """Whether an expression changes from step to step."""
    return bool(node.has(t))


def _leaf(value: float, unit: float) -> Scalar:
    """A number that the user wrote; lr may be held in a tensor of lower precision."""
    return Scalar(Decimal(value), abs(value) * unit if unit > FLOAT64 else 0.0)


def _sum(terms: list[Scalar], unit: float) -> Scalar:
    total = Scalar(reduce(EXACTLY.add, (s.value for s in terms)), sum(s.error for s in terms))
    return total.rounded(unit * (len(terms) - 1))


def _product(factors: list[Scalar], unit: float) -> Scalar:
    result = factors[0]
    for f in factors[1:]:
        error = result.error * f.size + f.error * result.size + result.error * f.error
        result = Scalar(EXACTLY.multiply(result.value, f.value), error).rounded(unit)
    return result


def _power(arguments: list[Scalar], unit: float) -> Scalar:
    base, exponent = arguments
    raised = Scalar(_raised(base.value, exponent.value))
    if exponent.number == -1:
        error = raised.size * base.error / max(base.size - base.error, 1e-300)
        return Scalar(raised.value, error).rounded(unit)
    relative = base.error / base.size if base.size else 0.0
    roundings = exponent.number + 2 if exponent.number > 2 else 2
    return Scalar(raised.value, raised.size * (exponent.size * relative * 1.01 + roundings * unit))


def _raised(base: Decimal, exponent: Decimal) -> Decimal:
    """base^exponent; roots and reciprocals are quicker than powers."""
    if exponent < 0:
        return EXACTLY.divide(Decimal(1), _raised(base, -exponent))
    if exponent in ROOTS:
        return _raised(EXACTLY.sqrt(base), 2 * exponent)
    return EXACTLY.power(base, exponent)


_COMBINE: Mapping[Any, Callable[[list[Scalar], float], Scalar]] = {Add: _sum, Mul: _product, Pow: _power}
