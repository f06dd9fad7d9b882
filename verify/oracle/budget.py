"""Forward error analysis of a rule's expressions: every node of the tree becomes a function to balls.

Every operation is charged its rounding in the format under test, and where good implementations differ in the
order of evaluation, the largest of the admissible orders is charged. Admitted are:

* an average as β·m + (1 − β)·g, or as an interpolation: m + (1 − β)·(g − m) whatever β is, or from the nearer end,
  g + β·(m − g), if β < ½; `torch.lerp` takes its factor from 1 less the larger weight, which it has rounded to float32;
  so it does with 1 − β ≥ ½ and, unless g cannot be negative, with β ≥ ½ (`Average`);
* a decay as a factor, x·(1 − a), or as a difference, x − a·x, before or after the step (`Sum`);
* a scalar over a sum taken apart, lr·(g + wd·x) as lr·g + lr·wd·x; the terms of a sum in any order (`Sum`);
* scalars of a product cast and multiplied one by one or folded, in any order, also into or out of its
  denominator; division as multiplication by the reciprocal; (w·g)·g or w·(g·g); √(v/c) or √v/√c (`Product`);
  the roots of several tensors, or one root of their product (`Dearer`);
  bias corrections in the moments, in the step or in the denominator, which follows from these;
* β^t as a power or as a running product (`lawful.verify.oracle.scalars`);
* fused multiply–add, and arithmetic of higher precision in between, which only lose less.

Not admitted: 1 − β from a β already rounded to float32 as the weight of a second moment, which it would scale as a
whole, for 0.999 by 1e-5; and g − (g − m)·β with β > ½.
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod

import torch
from sympy import Add, Expr, Integer, Mul
from torch import Tensor

from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball, Real, plus, size_of, tensor
from lawful.verify.oracle.scalars import is_power_of_two
from lawful.verify.oracle.step import Node, Step, charged


@dataclass(frozen=True)
class Product:
    """scalars · numerators / denominators, multiplied in any order."""

    scalars: tuple[Expr, ...]
    numerators: tuple[Node, ...]
    denominators: tuple[Node, ...]
    freed: tuple[Expr, ...] = ()
    """Scalars inside the denominators; multiplied out of them, they leave less to divide by."""
    rooted: tuple[tuple[Expr, Node], ...] = ()
    """Scalars whose roots are factors beside the root of a tensor: they may multiply it under the root."""

    def __call__(self, step: Step) -> Ball:
        """Charges each multiplication, each reciprocal, and each scalar's cast and multiplication."""
        top, bottom = [n(step) for n in self.numerators], [d(step) for d in self.denominators]
        value = top[0] if top else step.scalar_ball(Integer(1))
        for factor in top[1:]:
            value = balls.multiply(value, factor)
        for divisor in bottom:
            value = balls.divide(value, divisor)
        if self.scalars:
            value = balls.multiply(step.scalar_ball(self.scalar), value)
        for scalar, argument in self.rooted:
            step.reach(argument(step).magnitude(), step.largest(1.0, step.scalar(scalar).size))
        if self.roundings == 0 and not self.inexact:
            return value
        relative = (self.roundings + len(self.inexact)) * step.fmt.unit + sum(map(step.casting, self.inexact))
        if self.roundings == 0:
            step.reach(value.magnitude())
            return charged(value, relative, _nonzero(top), 2 * step.fmt.tiny)
        size = self._size(top, bottom)
        self._reach(step, size, bottom)
        amplified = prod(step.largest(1.0, step.scalar(s).size) for s in self.freed)
        return charged(
            value, relative, size * _nonzero(top), step.fmt.tiny * (self.roundings + 1) * amplified
        )

    @cached_property
    def scalar(self) -> Expr:
        """All scalars in one."""
        return Mul(*self.scalars)

    @cached_property
    def roundings(self) -> int:
        """How many multiplications, divisions and reciprocals on tensors, scalars apart."""
        return max(len(self.numerators) + len(self.denominators) - 1, 0) + len(self.denominators)

    @cached_property
    def inexact(self) -> tuple[Expr, ...]:
        """The scalars: each may be cast and multiplied on its own."""
        return tuple(s for s in self.scalars if not is_power_of_two(s))

    def _size(self, top: Iterable[Ball], bottom: Iterable[Ball]) -> Tensor:
        """A bound of every intermediate's magnitude, and of what amplifies an underflow: at least 1."""
        above = [torch.clamp_min(tensor(factor.magnitude()), 1.0) for factor in top]
        below = [torch.clamp_max(divisor.lowest(), 1.0) for divisor in bottom]
        return reduce(torch.div, below, reduce(torch.mul, above) if above else tensor(1.0))

    def _reach(self, step: Step, size: Tensor, bottom: Iterable[Ball]) -> None:
        """The scalars may enlarge an intermediate whether they multiply the numerator or the denominator."""
        scalar = step.scalar(self.scalar).size
        spread = step.largest(1.0, scalar, 1.0 / scalar if scalar else 1.0)
        for intermediate in (size, *(divisor.magnitude() for divisor in bottom)):
            step.reach(intermediate, spread)


@dataclass(frozen=True)
class Term:
    """coefficients · node in a sum: several coefficients where a decay may be written as a difference."""

    coefficients: tuple[Expr, ...]
    node: Node | None

    @cached_property
    def total(self) -> Expr:
        """The sum of the coefficients."""
        return Add(*self.coefficients)

    def ball(self, step: Step) -> Ball:
        """The term's value."""
        if self.node is None:
            return step.scalar_ball(self.total)
        ball = self.node(step)
        return ball if self.total == 1 else balls.multiply(step.scalar_ball(self.total), ball)

    def parts(self, step: Step) -> list[Ball]:
        """The summands that may be formed, radii apart."""
        if self.node is None:
            return [step.scalar_ball(self.total)]
        ball = self.node(step)
        return [ball if c == 1 else _scaled(ball, step.scalar(c).number) for c in self.coefficients]

    def loss(self, step: Step) -> Real:
        """What casting the coefficients and multiplying by them may lose."""
        if self.node is None:
            return step.cast(step.scalar(self.total).size)
        apart = sum(
            step.scalar(c).size
            * step.largest(sum(step.fmt.unit + step.casting(s) for s in scalars), step.casting(c))
            for scalars, c in zip(self._scalars, self.coefficients, strict=True)
            if scalars
        )
        whole = step.cast(step.scalar(self.total).size) if len(self.coefficients) > 1 else 0.0
        cost = 1.02 * step.largest(apart, whole)
        return cost * self.node(step).magnitude() if cost else 0.0

    @cached_property
    def _scalars(self) -> list[list[Expr]]:
        """The scalars that each coefficient is a product of."""
        return [[s for s in Mul.make_args(c) if not is_power_of_two(s)] for c in self.coefficients]


@dataclass(frozen=True)
class Sum:
    """Σ coefficient·node, in any order, each coefficient cast and multiplied on its own."""

    terms: tuple[Term, ...]
    inner: tuple[Node, ...] = ()
    """Sums over which a scalar was distributed: they may be formed, and overflow."""
    rooted: tuple[tuple[Expr, Node], ...] = ()
    """Scalars whose roots multiply the root of a tensor in a term: they may multiply it under the root."""

    def __call__(self, step: Step) -> Ball:
        """Charges every term, every partial sum that some order forms, and the result."""
        fmt, parts = step.fmt, [p for term in self.terms for p in term.parts(step)]
        total = reduce(balls.add, (term.ball(step) for term in self.terms))
        size = reduce(plus, (p.size() for p in parts), total.radius)
        loss = reduce(plus, (term.loss(step) for term in self.terms))
        loss = plus(loss, self._partial(parts, total), fmt.unit)
        loss = plus(loss, size, balls.own_error(total.centre))
        for node in self.inner:
            node(step)
        for scalar, argument in self.rooted:
            step.reach(argument(step).magnitude(), step.largest(1.0, step.scalar(scalar).size))
        step.reach(size)
        present = _any_nonzero([term.node(step) for term in self.terms if term.node])
        found = charged(total, fmt.unit, plus(loss, present, fmt.tiny * (len(parts) + 1)))
        return _nothing_of_equals(found, total) if self._difference else found

    @cached_property
    def _difference(self) -> bool:
        """Whether it is a − b."""
        coefficients = [c for term in self.terms for c in term.coefficients]
        return coefficients in ([1, -1], [-1, 1])

    def _partial(self, parts: list[Ball], total: Ball) -> Real:
        """The largest sum of the roundings of partial sums that any order can make, per unit roundoff."""
        if len(parts) <= 2:
            return 0.0
        if len(parts) > 3:
            return (len(parts) - 2) * reduce(plus, (p.size() for p in parts))
        others = (tensor(size_of(total.mid - p.mid)) for p in parts)
        return plus(reduce(torch.maximum, others), total.radius)


@dataclass(frozen=True)
class Average:
    """β·old + w·new with β + w = 1: directly, or as an interpolation from the old end, or from the nearer one."""

    beta: Expr
    old: Node
    weight: Expr
    new: Node
    signed: bool = True
    """Whether what is averaged may be negative; squares are not."""

    def __call__(self, step: Step) -> Ball:
        """Charges the dearer of the two."""
        unit, tiny = step.fmt.unit, step.fmt.tiny
        beta, weight = step.scalar_ball(self.beta), step.scalar_ball(self.weight)
        old, new = self.old(step), self.new(step)
        total = balls.add(balls.multiply(beta, old), balls.multiply(weight, new))
        b, w = step.scalar(self.beta).size, step.scalar(self.weight).size
        casts = step.casting(self.beta), step.casting(self.weight)
        apart = plus(b * old.magnitude(), new.magnitude(), w)
        gap = plus(plus(size_of(new.mid - old.mid), old.radius), new.radius)
        along = (2 * unit + casts[1]) * w + (step.slip(step.largest(b, w)) if self.signed or w > b else 0.0)
        directly = 1.02 * (unit + step.largest(*casts)) + balls.own_error(total.centre)
        loss = torch.maximum(tensor(apart * directly), tensor(gap * (1.02 * along)))
        step.reach(plus(gap, apart))
        return charged(total, unit, plus(loss, _any_nonzero([old, new]), 2 * tiny))


@dataclass(frozen=True)
class Root:
    """√argument."""

    argument: Node
    may_be_negative: bool

    def __call__(self, step: Step) -> Ball:
        """Charges one rounding; a root cannot underflow."""
        return charged(balls.root(self.argument(step), self.may_be_negative), step.fmt.unit)


@dataclass(frozen=True)
class Dearer:
    """The same value in two orders of evaluation."""

    one: Node
    other: Node

    def __call__(self, step: Step) -> Ball:
        """What the dearer of the two may lose."""
        one, other = self.one(step), self.other(step)
        apart = size_of(other.mid - one.mid)
        return one.widened(torch.maximum(tensor(one.radius), tensor(plus(apart, other.radius))))


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


@dataclass(frozen=True)
class Branches:
    """Case by case, lane by lane; a lane whose case its rounding may decide is in both cases."""

    cases: tuple[tuple[Node, bool, Node], ...]
    """(what must be positive, whether strictly, what is then the value), the first that holds."""
    otherwise: Node

    def __call__(self, step: Step) -> Ball:
        """The hull of the branches that are possible."""
        value = self.otherwise(step)
        for condition, strictly, branch in reversed(self.cases):
            value = balls.either(*balls.positive(condition(step), strictly), branch(step), value)
        return value


def _nonzero(factors: list[Ball]) -> Real:
    """1 where every factor may be different from 0: a product with an exact 0 does not underflow."""
    return reduce(operator.mul, (torch.sign(tensor(f.magnitude())) for f in dict.fromkeys(factors)), 1.0)


def _any_nonzero(summands: list[Ball]) -> Real:
    """1 where any summand may be different from 0: a sum of exact zeros is exact."""
    return torch.sign(tensor(reduce(plus, (s.magnitude() for s in summands))))


def _nothing_of_equals(difference: Ball, exactly: Ball) -> Ball:
    """The difference of two numbers that are known and equal is 0 in any arithmetic."""
    equal = (tensor(exactly.mid) == 0) & (tensor(exactly.radius) == 0)
    return difference.widened(torch.where(equal, 0.0, tensor(difference.radius)))


def _scaled(ball: Ball, scalar: float) -> Ball:
    return Ball((ball.mid * scalar, None))
