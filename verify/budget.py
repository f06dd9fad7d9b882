"""Forward error analysis of a rule's expressions: every node of the tree becomes a function to balls.

Every operation is charged its rounding in the format under test, and where good implementations differ in the order of
evaluation, the largest of the admissible orders is charged. Admitted are:

* an average as β·m + (1 − β)·g, or as m + (1 − β)·(g − m) where 1 − β < ½, else from the other end (`Average`);
* a decay as a factor, x·(1 − a), or as a difference, x − a·x, subtracted before or after the step (`Sum`);
* a scalar over a sum taken apart, lr·(g + wd·x) as lr·g + lr·wd·x; the terms of a sum in any order (`Sum`);
* scalars of a product cast and multiplied one by one or folded, in any order; division as multiplication by the
  reciprocal; (w·g)·g or w·(g·g) (`Product`); √(v/c) or √v/√c (`Compiler.power`); bias corrections in the moments, in
  the step or in the denominator, which follows from these;
* β^t as a power or as a running product (`lawful.verify.scalars`);
* fused multiply–add, and arithmetic of higher precision in between, which only lose less.

Not admitted: 1 − β from a β already rounded to float32, and g − (g − m)·β with β > ½.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import mpmath
import torch
from sympy import Abs, Add, Expr, Integer, Max, Min, Mul, Pow, Rational, Symbol, sign
from torch import Tensor

from lawful.verify import balls
from lawful.verify.balls import Ball, Real
from lawful.verify.formats import Format
from lawful.verify.scalars import Environment, Scalar, compile_scalar
from lawful.verify.symbols import t, x

HALF = Rational(1, 2)


@dataclass
class Step:
    """What the nodes of one step are evaluated on."""

    environment: Environment
    tensors: dict[Symbol, Ball]
    fmt: Format
    fixed: dict[Expr, Scalar]
    memo: dict[Expr, Any] = field(default_factory=dict)

    def scalar(self, node: Expr) -> Scalar:
        """A scalar of the rule; those that do not involve t are kept from step to step."""
        store = self.memo if node.has(t) else self.fixed
        if node not in store:
            store[node] = compile_scalar(node)(self.environment, self.fmt.scalar)
        return store[node]

    def scalar_ball(self, node: Expr) -> Ball:
        """A scalar as a ball: its value, and what evaluating it can lose (casting it is charged where it is used)."""
        s = self.scalar(node)
        high = s.number
        if self.fmt.exact_centre:
            return Ball((high, float(s.value - mpmath.mpf(high))), s.error)
        return Ball((high, None), s.error + 2.0**-53 * abs(high))


Node: TypeAlias = Callable[[Step], Ball]


def charged(ball: Ball, relative: float, absolute: Real = 0.0) -> Ball:
    """The ball after roundings that lose `relative` of its magnitude, and `absolute` besides."""
    loss = relative / (1.0 - relative) + balls.own_error(ball.centre)
    return Ball(ball.centre, balls.plus(ball.radius, ball.magnitude() * loss + absolute))


def guarded(ball: Ball, size: Real, largest: float) -> Ball:
    """The ball; its radius is infinite where an intermediate of magnitude `size` may overflow (no verdict there)."""
    return Ball(ball.centre, torch.where(balls.tensor(size) > largest, torch.inf, ball.radius))


@dataclass(frozen=True)
class Product:
    """scalars · numerators / denominators, multiplied in any order."""

    scalars: tuple[Expr, ...]
    numerators: tuple[Node, ...]
    denominators: tuple[Node, ...]

    def __call__(self, step: Step) -> Ball:
        """Charges each multiplication, each reciprocal, and each scalar's cast and multiplication."""
        top, bottom = [n(step) for n in self.numerators], [d(step) for d in self.denominators]
        value = top[0] if top else step.scalar_ball(Integer(1))
        for factor in top[1:]:
            value = balls.multiply(value, factor)
        for divisor in bottom:
            value = balls.divide(value, divisor)
        if self.scalars:
            value = balls.multiply(value, step.scalar_ball(self.scalar))
        if self.roundings == 0 and not self.inexact:
            return value
        fmt = step.fmt
        if self.roundings == 0:
            return charged(value, self._relative(step), 2 * fmt.tiny * _nonzero(top))
        size = self._size(top, bottom)
        value = charged(value, self._relative(step), fmt.tiny * (self.roundings + 1) * size * _nonzero(top))
        below = [torch.clamp_min(balls.tensor(divisor.magnitude()), 1.0) for divisor in bottom]
        return guarded(value, _largest([size, *below]) * _spread(step.scalar(self.scalar).size), fmt.largest)

    @cached_property
    def scalar(self) -> Expr:
        """All scalars in one."""
        return Mul(*self.scalars)

    @cached_property
    def roundings(self) -> int:
        """How many multiplications, divisions and reciprocals on tensors, scalars apart."""
        return max(len(self.numerators) + len(self.denominators) - 1, 0) + len(self.denominators)

    @cached_property
    def inexact(self) -> int:
        """How many scalars: each may be cast and multiplied on its own."""
        return sum(not _is_power_of_two(s) for s in self.scalars)

    def _relative(self, step: Step) -> float:
        unit, cast = step.fmt.unit, step.fmt.cast
        return self.roundings * unit + self.inexact * (unit + cast)

    def _size(self, top: Iterable[Ball], bottom: Iterable[Ball]) -> Real:
        """A bound of every intermediate's magnitude, and of what amplifies an underflow: at least 1."""
        size: Real = 1.0
        for factor in top:
            size = size * torch.clamp_min(balls.tensor(factor.magnitude()), 1.0)
        for divisor in bottom:
            size = size / torch.clamp_max(divisor.lowest(), 1.0)
        return size


@dataclass(frozen=True)
class Term:
    """coefficients · node in a sum: several coefficients where a decay may be written as a difference."""

    coefficients: tuple[Expr, ...]
    node: Node | None

    @cached_property
    def total(self) -> Expr:
        """The sum of the coefficients."""
        return Add(*self.coefficients)


@dataclass(frozen=True)
class Sum:
    """Σ coefficient·node, in any order, each coefficient cast and multiplied on its own."""

    terms: tuple[Term, ...]
    inner: tuple[Node, ...] = ()
    """Sums over which a scalar was distributed: where one of them may overflow there is no verdict."""

    def __call__(self, step: Step) -> Ball:
        """Charges every term, every partial sum that some order forms, and the result."""
        fmt, parts, total, loss = step.fmt, [], None, 0.0
        for term in self.terms:
            value, cost, summands = self._evaluate(term, step)
            total = value if total is None else balls.add(total, value)
            loss = balls.plus(loss, cost)
            parts += summands
        assert total is not None
        loss = balls.plus(loss, fmt.unit * self._partial(parts, total))
        size = total.radius + sum(abs(p) for p in parts)
        tiny = fmt.tiny * (len(parts) + 1) * (balls.tensor(size) > 0)
        result = charged(total, fmt.unit, balls.plus(loss, balls.own_error(total.centre) * size + tiny))
        largest = _largest([result.magnitude(), *(node(step).radius for node in self.inner)])
        return guarded(result, largest, fmt.largest)

    def _evaluate(self, term: Term, step: Step) -> tuple[Ball, Real, list[Real]]:
        """(value, what its coefficients may lose, the summands that may be formed)."""
        unit, cast = step.fmt.unit, step.fmt.cast
        scalar = step.scalar_ball(term.total)
        if term.node is None:
            return scalar, cast * abs(scalar.mid), [scalar.mid]
        ball = term.node(step)
        value = ball if term.total == 1 else balls.multiply(scalar, ball)
        sizes = [step.scalar(c).size for c in term.coefficients]
        apart = sum(_scalars(c) * (unit + cast) * s for c, s in zip(term.coefficients, sizes, strict=True))
        whole = cast * step.scalar(term.total).size if len(term.coefficients) > 1 else 0.0
        cost = 1.02 * max(apart, whole)
        return value, cost and cost * ball.magnitude(), [ball.mid * step.scalar(c).number for c in term.coefficients]

    def _partial(self, parts: list[Real], total: Ball) -> Real:
        """The largest sum of the roundings of partial sums that any order of adding can make, per unit roundoff."""
        if len(parts) <= 2:
            return 0.0
        if len(parts) > 3:
            return (len(parts) - 2) * sum(abs(p) for p in parts)
        return _largest(abs(total.mid - p) for p in parts) + total.radius


@dataclass(frozen=True)
class Average:
    """β·old + w·new with β + w = 1: directly, or as an interpolation from the nearer end."""

    beta: Expr
    old: Node
    weight: Expr
    new: Node

    def __call__(self, step: Step) -> Ball:
        """Charges the dearer of the two."""
        unit, cast = step.fmt.unit, step.fmt.cast
        beta, weight = step.scalar_ball(self.beta), step.scalar_ball(self.weight)
        old, new = self.old(step), self.new(step)
        total = balls.add(balls.multiply(beta, old), balls.multiply(weight, new))
        b, w = abs(float(beta.mid)), abs(float(weight.mid))
        apart = old.magnitude() * b + new.magnitude() * w
        gap = balls.plus(balls.plus(abs(new.mid - old.mid), old.radius), new.radius)
        along = (2 * unit + cast) * w if w < 0.5 else (2 * unit + cast) * b + cast * w
        loss = torch.maximum(balls.tensor(apart * (unit + cast)), balls.tensor(gap * along)) * 1.02
        loss = loss + balls.own_error(total.centre) * apart + 2 * step.fmt.tiny * (balls.tensor(apart) > 0)
        return guarded(charged(total, unit, loss), balls.plus(gap, apart), step.fmt.largest)


@dataclass(frozen=True)
class Root:
    """√argument."""

    argument: Node
    may_be_negative: bool

    def __call__(self, step: Step) -> Ball:
        """Charges one rounding; a root cannot underflow."""
        return charged(balls.root(self.argument(step), self.may_be_negative), step.fmt.unit)


@dataclass(frozen=True)
class Selection:
    """max, min, sign or |·| of its arguments: no rounding, but scalars are cast."""

    select: Callable[..., Ball]
    arguments: tuple[Node, ...]

    def __call__(self, step: Step) -> Ball:
        """The selection, folded from the left."""
        first, *others = (a(step) for a in self.arguments)
        if not others:
            return self.select(first)
        for other in others:
            first = self.select(first, other)
        return first


def _minimum(a: Ball, b: Ball) -> Ball:
    return balls.negate(balls.maximum(balls.negate(a), balls.negate(b)))


@dataclass
class Compiler:
    """Compiles expressions to nodes.

    Args:
        tensors: the symbols that stand for tensors.
        stored: expressions that an implementation must store (the next state), across which nothing is rearranged.
    """

    tensors: frozenset[Symbol]
    stored: frozenset[Expr]
    _nodes: dict[Expr, Node] = field(default_factory=dict)

    def node(self, expr: Expr) -> Node:
        """The node of an expression, evaluated once per step wherever it occurs."""
        if expr not in self._nodes:
            self._nodes[expr] = _remembered(expr, self._compile(expr))
        return self._nodes[expr]

    def is_scalar(self, expr: Expr) -> bool:
        """Whether no tensor occurs in it."""
        return not expr.free_symbols & self.tensors

    def _compile(self, expr: Expr) -> Node:
        if self.is_scalar(expr):
            return lambda step: charged(step.scalar_ball(expr), step.fmt.cast)
        if isinstance(expr, Symbol):
            return lambda step: step.tensors[expr]
        return self._handlers[expr.func](self, expr)

    def product(self, expr: Expr) -> Node:
        """A `Product`; a power of a tensor is that many factors."""
        scalars, top, bottom = [], [], []
        for factor in Mul.make_args(expr):
            self._sort_factor(factor, scalars, top, bottom)
        return Product(tuple(scalars), tuple(top), tuple(bottom))

    def _sort_factor(self, factor: Expr, scalars: list[Expr], top: list[Node], bottom: list[Node]) -> None:
        if self.is_scalar(factor):
            scalars.append(factor)
            return
        base, exponent = factor.as_base_exp()
        side, size = (bottom, -exponent) if exponent.could_extract_minus_sign() else (top, exponent)
        if size.is_Integer:
            side.extend([self.node(base)] * int(size))
        elif size == HALF:
            within, rest = base.as_independent(*self.tensors, as_Add=False)
            if within != 1:
                scalars.append(within**exponent)
            side.append(Root(self.node(rest), not nonnegative(rest)))
        else:
            raise NotImplementedError(f"the power {exponent} of a tensor has no error analysis yet: {factor}")

    def sum(self, expr: Expr) -> Node:
        """An `Average` where two coefficients sum to 1, else a `Sum`."""
        terms = [arg.as_independent(*self.tensors, as_Add=False) for arg in Add.make_args(expr)]
        if len(terms) == 2 and (terms[0][0] + terms[1][0]).expand() == 1:
            (c0, r0), (c1, r1) = sorted(terms, key=lambda term: isinstance(term[0], Add))
            return Average(c0, self.node(r0), c1, self.node(r1))
        flat: dict[Expr, list[Expr]] = {}
        for coefficient, rest in self._flattened(terms):
            flat.setdefault(rest, []).extend(coefficient)
        summed = tuple(Term(tuple(c), None if rest == 1 else self.node(rest)) for rest, c in flat.items())
        return Sum(summed, tuple(self.node(rest) for _, rest in terms if self._distributes(rest)))

    def _distributes(self, rest: Expr) -> bool:
        return isinstance(rest, Add) and rest not in self.stored

    def _flattened(self, terms: Iterable[tuple[Expr, Expr]]) -> Iterable[tuple[list[Expr], Expr]]:
        """Scalars distributed over sums that need not be stored, and the parameter's decay as a difference."""
        for coefficient, rest in terms:
            if self._distributes(rest):
                inner = [arg.as_independent(*self.tensors, as_Add=False) for arg in rest.args]
                yield from self._flattened([(coefficient * c, r) for c, r in inner])
            elif rest == x and isinstance(coefficient, Add):
                yield list(coefficient.args), rest
            elif any(factor.as_base_exp()[1].could_extract_minus_sign() for factor in Mul.make_args(rest)):
                yield [Integer(1)], coefficient * rest  # scalars may be folded into the denominator
            else:
                yield [coefficient], rest

    def _selection(self, select: Callable[..., Ball]) -> Callable[[Expr], Node]:
        return lambda expr: Selection(select, tuple(self.node(arg) for arg in expr.args))

    _handlers: Any = field(
        default_factory=lambda: {
            Add: Compiler.sum,
            Mul: Compiler.product,
            Pow: Compiler.product,
            Max: lambda self, expr: self._selection(balls.maximum)(expr),
            Min: lambda self, expr: self._selection(_minimum)(expr),
            sign: lambda self, expr: self._selection(balls.sign)(expr),
            Abs: lambda self, expr: self._selection(balls.absolute)(expr),
        }
    )


def _remembered(expr: Expr, node: Node) -> Node:
    def once(step: Step) -> Ball:
        if expr not in step.memo:
            step.memo[expr] = node(step)
        return step.memo[expr]

    return once


def nonnegative(expr: Expr) -> bool:
    """Whether an expression is ≥ 0 however its parts are rounded; weights such as 1 − β are taken as ≥ 0."""
    if expr.is_nonnegative or (expr.is_Pow and expr.exp.is_even):
        return True
    if isinstance(expr, Add) and expr.args[0] == 1 and len(expr.args) == 2:
        return True
    if isinstance(expr, Max):
        return any(nonnegative(a) for a in expr.args)
    return isinstance(expr, Add | Mul) and all(nonnegative(a) for a in expr.args)


def _spread(scalar: float) -> float:
    """By how much a scalar may enlarge an intermediate, whether it multiplies the numerator or the denominator."""
    return max(1.0, scalar, 1.0 / scalar if scalar else 1.0)


def _scalars(coefficient: Expr) -> int:
    return sum(not _is_power_of_two(s) for s in Mul.make_args(coefficient))


def _is_power_of_two(expr: Expr) -> bool:
    if not expr.is_Rational or expr == 0:
        return False
    size = abs(expr.p) * expr.q
    return bool(size & (size - 1) == 0)


def _nonzero(factors: list[Ball]) -> Real:
    """1 where every factor may be different from 0: a product with an exact 0 does not underflow."""
    result: Real = 1.0
    for factor in factors:
        result = result * (balls.tensor(factor.magnitude()) > 0)
    return result


def _largest(values: Iterable[Real]) -> Tensor:
    first, *others = map(balls.tensor, values)
    for other in others:
        first = torch.maximum(first, other)
    return first
