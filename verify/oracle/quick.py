"""A rule in plain float64, without a budget: what it comes to, in a thousandth of the time that an oracle takes.

It decides nothing. It sorts many rules by how far they are from what was seen, so that the oracle judges a few.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
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
    Ne,
    Or,
    Piecewise,
    Pow,
    Symbol,
    atan2,
    exp,
    log,
    sign,
)

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
    OfTensor,
    RowMax,
    RowMean,
    Total,
    sizes,
)

Array = NDArray[np.float64]
Hyper = Mapping[Symbol, float]
Lines = Mapping[Symbol, Expr]
Pieces = tuple[int, ...]


def path(
    rule: Rule, x0: Array, gradients: Array, hypers: Sequence[Hyper], lines: Lines = MappingProxyType({}),
    read: Symbol = x, pieces: Pieces = (),
) -> Array:  # fmt: skip
    """The parameter, or another tensor that is read, after each step from x0 under these gradients and hyperparameters.

    Args:
        rule: the rule.
        x0: one tensor, or lanes.
        gradients: steps first.
        hypers: hyperparameter → value, of each step.
        lines: what symbols of the rule stand for that are neither inputs nor state.
        read: the parameter or a state.
        pieces: how many lanes each tensor has, where the lanes are those of several.
    """
    with np.errstate(all="ignore"):
        first = {x: x0, **sizes(x0.shape), **hypers[0]}
        state = {x: x0, **{s: Values(first, x0.shape, {}, pieces).of(rule.initial(s)) for s in rule.state}}
        seen = []
        after, last = {x: rule.x, **rule.state}, len(gradients)
        for step, (gradient, hyper) in enumerate(zip(gradients, hypers, strict=True), start=1):
            now = Values({**sizes(x0.shape), **state, **hyper, g: gradient, t: step}, x0.shape, lines, pieces)
            state = {s: now.of(e) for s, e in after.items() if step < last or s == read}
            seen.append(np.broadcast_to(state[read], x0.shape))
    return np.stack(seen)


class Beginning:
    """The first step of many rules from one point: what stands in several of them is evaluated once."""

    def __init__(self, x0: Array, gradient: Array, pieces: Pieces = ()) -> None:
        """One tensor, or lanes, of which each tensor has so many."""
        self._at = {x: x0, g: gradient, t: 1, **sizes(x0.shape)}
        self._shape, self._pieces = x0.shape, pieces
        self._shared = self._values({})

    def after(self, rule: Rule, hyper: Hyper) -> Array:
        """The parameter after a rule's first step."""
        with np.errstate(all="ignore"):
            values = self._shared if self._shared.held(hyper) else self._values(hyper)
            start = {s: values.of(rule.initial(s)) for s in rule.state}
            if not values.held(start):
                values = self._values({**hyper, **start})
            return np.broadcast_to(values.of(rule.x), self._shape)

    def _values(self, more: Mapping[Symbol, Any]) -> "Values":
        return Values({**self._at, **more}, self._shape, {}, self._pieces)


class Values:
    """Expressions at one point, each evaluated once."""

    def __init__(
        self,
        at: Mapping[Symbol, Any],
        shape: tuple[int, ...],
        lines: Lines = MappingProxyType({}),
        pieces: Pieces = (),
    ) -> None:
        """Nothing is evaluated yet."""
        self._lines = lines
        self._known: dict[Expr, Any] = dict(at)
        self._shape, self._ends = shape, np.cumsum(pieces)[:-1] if pieces else None

    def held(self, at: Mapping[Symbol, Any]) -> bool:
        """Whether symbols have these values here; from now on, if they had none."""
        known = self._known
        if any(not _same(known.get(symbol, value), value) for symbol, value in at.items()):
            return False
        known.update(at)
        return True

    def of(self, expr: Expr) -> Any:
        """The value of an expression."""
        found = self._known.get(expr)
        if found is None:
            found = self._known[expr] = self._computed(expr)
        return found

    def _computed(self, expr: Expr) -> Any:
        if expr.is_Number:
            return float(expr)
        if expr.is_Symbol:
            return self.of(self._lines[expr])
        if isinstance(expr, Piecewise):
            return self._chosen(expr)
        arguments = [self.of(a) for a in expr.args]
        if isinstance(expr, OfTensor) and not isinstance(expr, IfPositive):
            arguments[0] = self._spread(arguments[0])
        if self._ends is not None and expr.func in BY_TENSOR:
            each = np.split(arguments[0], self._ends)
            return np.concatenate([np.full_like(one, OPERATIONS[expr.func](one)) for one in each])
        return OPERATIONS[expr.func](*arguments)

    def _chosen(self, expr: Expr) -> Any:
        """The case that holds; lane by lane where lanes decide."""
        *cases, (otherwise, _) = expr.args
        truths = []
        for branch, condition in cases:
            truth = np.asarray(self._holds(condition))
            if truth.ndim == 0 and truth:
                otherwise = branch
                break
            if truth.ndim:
                truths.append((truth, branch))
        value = self.of(otherwise)
        for truth, branch in reversed(truths):
            value = np.where(truth, self.of(branch), value)
        return value

    def _holds(self, condition: Any) -> Any:
        if condition in (True, False):
            return bool(condition)
        if isinstance(condition, And | Or):
            return reduce(LOGICAL[condition.func], map(self._holds, condition.args))
        return RELATIONS[condition.func](self.of(condition.lhs), self.of(condition.rhs))

    def _spread(self, value: Any) -> Any:
        """A number as a tensor; what has as many dimensions as the tensor may be one of its factors."""
        wide = np.asarray(value)
        return wide if wide.ndim == len(self._shape) else np.broadcast_to(wide, self._shape)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one array, or one number."""
    return one is other or (np.ndim(one) == np.ndim(other) == 0 and one == other)


def _power(base: Any, exponent: Any) -> Any:
    if exponent == 2:
        return base * base
    if exponent == -1:
        return np.divide(1.0, base)
    if abs(exponent) == 0.5:
        root = np.sqrt(base)
        return root if exponent > 0 else np.divide(1.0, root)
    return np.power(np.float64(base), exponent)


def _newton_schulz(e: Array, a: float, b: float, c: float, eps: float, k: float) -> Array:
    if e.ndim != 2 or not np.isfinite(e).all():
        return np.full_like(e, np.nan)
    matrix = e / max(float(np.sqrt((e * e).sum())), eps)
    for _ in range(int(k)):
        gram = matrix @ matrix.T
        matrix = a * matrix + (b * gram + c * (gram @ gram)) @ matrix
    return matrix


def _folded(pair: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *arguments: reduce(pair, arguments)


RELATIONS: Mapping[Any, Callable[[Any, Any], Any]] = {
    Gt: np.greater, Lt: np.less, Ge: np.greater_equal, Le: np.less_equal, Eq: np.equal, Ne: np.not_equal,
}  # fmt: skip
LOGICAL: Mapping[Any, Callable[[Any, Any], Any]] = {And: np.logical_and, Or: np.logical_or}
OPERATIONS: Mapping[Any, Callable[..., Any]] = {
    Add: _folded(lambda a, b: a + b),
    Mul: _folded(lambda a, b: a * b),
    Pow: _power,
    Max: _folded(np.maximum),
    Min: _folded(np.minimum),
    Abs: np.abs,
    sign: np.sign,
    Mod: np.mod,
    exp: np.exp,
    log: np.log,
    atan2: np.arctan2,
    IfPositive: lambda q, a, b: np.where(q > 0, a, b),
    Total: np.sum,
    EverywhereMean: np.mean,
    RowMean: lambda a: a.mean(-1, keepdims=True) if a.ndim else a,
    ColMean: lambda a: a.mean(-2, keepdims=True) if a.ndim > 1 else a,
    RowMax: lambda a: a.max(-1, keepdims=True) if a.ndim else a,
    ColMax: lambda a: a.max(-2, keepdims=True) if a.ndim > 1 else a,
    Norm: lambda a: np.sqrt((a * a).sum()),
    EverywhereNorm: lambda a: np.sqrt((a * a).sum()),
    In8Bits: lambda a, block: a,
    In32Bits: lambda a: a,
    NewtonSchulz: _newton_schulz,
    NewtonSchulzInBfloat16: _newton_schulz,
}
