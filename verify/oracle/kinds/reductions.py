"""Error analysis of what a rule says of whole tensors.

A sum of k terms is charged (k − 1)·u·Σ|terms|, the bound for any order of summation (Higham 2002, §4.2), pairwise and
compensated ones included. 16-bit numbers are summed in float32, as torch and every BLAS do, and the sum is rounded once
more. A mean may be the sum divided, or the square of a root mean square. An overflow in one lane is felt in every lane
that a reduction spreads it to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil, log2

import torch
from sympy import Expr, Integer, oo
from torch import Tensor

from lawful.verify.language.symbols import x
from lawful.verify.language.tensors import (
    MAXIMA,
    SUMS,
    EverywhereNorm,
    EverywhereOrder,
    Norm,
    Total,
)
from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball, Centre, Real, tensor
from lawful.verify.oracle.compiler import compiled
from lawful.verify.oracle.kinds.functions import Power
from lawful.verify.oracle.step import Node, Step, charged


def spread(ball: Ball, shape: torch.Size) -> Ball:
    """The ball with a centre and a radius for every element of this shape."""
    place = tensor(ball.mid).device
    high, low, radius = (
        None if part is None else tensor(part).to(place).expand(shape) for part in (*ball.centre, ball.radius)
    )
    assert high is not None and radius is not None
    return Ball((high, low), radius)


def shape_of(step: Step) -> torch.Size:
    """The parameter's shape."""
    return tensor(step.tensors[x].mid).shape


def widest(step: Step, ball: Ball) -> Ball:
    """The ball on all dimensions of the parameter; of a factor, those that it has."""
    own = (tensor(ball.mid) + tensor(ball.radius)).shape
    return spread(ball, own if len(own) == len(shape_of(step)) else shape_of(step))


def folded(centre: Centre, axis: int) -> Centre:
    """The sum of k terms along an axis, which stays with size 1; it loses less than k of the centres' own errors.

    In double-double, multiples of a power of two are cut off the high parts, twice, so large that they add up exactly
    in any order (Rump, Ogita & Oishi 2008, algorithm 3.2); what is left is as small as the low parts.
    """
    high, low = tensor(centre[0]), centre[1]
    if low is None:
        return high.sum(axis, keepdim=True), None
    if high.shape[axis] <= 1:
        return high, low
    room = 2.0 ** ceil(log2(high.shape[axis] + 2))
    largest = high.abs().amax(axis, keepdim=True).clamp_min(SMALLEST)
    above = largest / torch.frexp(largest).mantissa * room
    first, left = _cut(high, above, axis)
    second, left = _cut(left, above * (room * 2.0**-53), axis)
    s, e = balls.two_sum(first, second)
    return balls.quick_two_sum(s, e + (left + tensor(low)).sum(axis, keepdim=True))


SMALLEST = torch.finfo(torch.float64).tiny


def _cut(values: Tensor, above: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The sum of what `above`, a power of two, cuts off the values, and what it leaves of them."""
    multiples = (above + values) - above
    return multiples.sum(axis, keepdim=True), values - multiples


def summed(step: Step, terms: Ball, axis: int | None) -> Ball:
    """Σ of the terms along an axis, or of all of them, before its last rounding."""
    if axis is None:
        high, low = terms.centre
        flat = (tensor(high).reshape(-1), None if low is None else tensor(low).reshape(-1))
        total = summed(step, Ball(flat, tensor(terms.radius).reshape(-1)), 0)
        return Ball(_squeezed(total.centre), tensor(total.radius).squeeze(0))
    k = tensor(terms.mid).shape[axis]
    size = tensor(terms.magnitude()).sum(axis, keepdim=True)
    lost = _gamma(k - 1, step.fmt.intermediate) + balls.own_error(terms.centre) * k
    radius = tensor(terms.radius).sum(axis, keepdim=True) + size * lost
    radius = radius + torch.sign(size) * step.fmt.tiny * k
    step.reach(size.max() if size.numel() else 0.0)
    return Ball(folded(terms.centre, axis), radius)


def _squeezed(centre: Centre) -> Centre:
    high, low = centre
    return tensor(high).squeeze(0), None if low is None else tensor(low).squeeze(0)


def _gamma(k: int, unit: float) -> float:
    return k * unit / (1.0 - k * unit)


def cut(lanes: Tensor, pieces: tuple[int, ...]) -> list[Tensor]:
    """The lanes of each tensor."""
    return list(torch.split(lanes, list(pieces)))


def by_tensor(step: Step, of: Callable[[Ball], Ball], lanes: Ball) -> Ball:
    """One ball of each tensor that the step is of, for each of its lanes; one of all lanes, where it is of one."""
    if not step.pieces:
        return of(lanes)
    (high, low), radius = lanes.centre, tensor(lanes.radius)
    highs, radii = cut(tensor(high), step.pieces), cut(radius, step.pieces)
    lows: Sequence[Tensor | None] = [None] * len(highs) if low is None else cut(tensor(low), step.pieces)
    each = zip(highs, lows, radii, strict=True)
    found = [_of_one(step, of, Ball((top, rest), own)) for top, rest, own in each]
    tops, rests, widths, reached = zip(*found, strict=True)
    step.reach(torch.cat(reached))
    return Ball((torch.cat(tops), None if low is None else torch.cat(rests)), torch.cat(widths))


def _of_one(step: Step, of: Callable[[Ball], Ball], lanes: Ball) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """High and low parts and radii of one tensor's lanes, and what was reached in them on the way."""
    before, step.reached = step.reached, None
    shape = tensor(lanes.mid).shape
    ball = spread(of(lanes), shape)
    high, low = ball.centre
    reached = torch.zeros(shape, dtype=torch.float64) if step.reached is None else step.reached
    step.reached = before
    rest = torch.zeros_like(tensor(high)) if low is None else tensor(low)
    return tensor(high), rest, tensor(ball.radius), reached.expand(shape)


def gather(step: Step, each: bool = False) -> None:
    """What was reached in one lane is from now on felt in all, or in those of its tensor."""
    if step.reached is None or not step.reached.numel():
        return
    if each and step.pieces:
        parts = cut(step.reached.expand(shape_of(step)), step.pieces)
        step.reached = torch.cat([part.max().expand(part.shape) if part.numel() else part for part in parts])
    else:
        step.reached = step.reached.max()


def totalled(step: Step, terms: Ball, axis: int | None, each: bool) -> Ball:
    """The sum of terms along an axis (None: of all), or of those of each tensor."""

    def of(some: Ball) -> Ball:
        return summed(step, some, axis)

    return by_tensor(step, of, terms) if each else of(terms)


@dataclass(frozen=True)
class Sum:
    """Σ of an argument along an axis (None: over everything, or each tensor), or its mean."""

    argument: Node
    axis: int | None = None
    mean: bool = False
    each: bool = False

    def __call__(self, step: Step) -> Ball:
        """Charges the summation, the result's rounding, and of a mean root, square and quotient."""
        terms = widest(step, self.argument(step)) if self.axis is not None else self._all(step)
        gather(step, self.each)
        total = totalled(step, terms, self.axis, self.each)
        if not self.mean:
            return charged(total, step.fmt.unit)
        count = tensor(terms.mid).numel() if self.axis is None else tensor(terms.mid).shape[self.axis]
        divided = balls.divide(total, step.scalar_ball(Integer(count)))
        return charged(divided, 4 * step.fmt.unit, torch.sign(tensor(total.magnitude())), 2 * step.fmt.tiny)

    def _all(self, step: Step) -> Ball:
        return spread(self.argument(step), shape_of(step))


@dataclass(frozen=True)
class TensorNorm:
    """‖argument‖, of all lanes or of each tensor."""

    argument: Node
    each: bool = False

    def __call__(self, step: Step) -> Ball:
        """Charges the squares, their sum and the root."""
        argument = spread(self.argument(step), shape_of(step))
        gather(step, self.each)
        squares = balls.multiply(argument, argument)
        present = torch.sign(tensor(argument.magnitude()))
        terms = charged(squares, step.fmt.unit, present, step.fmt.tiny)
        total = totalled(step, terms, None, self.each)
        return charged(balls.root(total, False), 2 * step.fmt.unit)


@dataclass(frozen=True)
class OrderNorm:
    """(Σ |argument|^p)^(1/p); the largest for p = ∞."""

    argument: Node
    order: Expr

    def __call__(self, step: Step) -> Ball:
        """Charges powers, their sum and the root; then two roundings: the norm of each parameter may be rounded, which
        changes the norm of these norms by no more than one of them."""
        size = balls.absolute(spread(self.argument(step), shape_of(step)))
        gather(step)
        if self.order == oo:
            return Ball(
                (_largest(size.mid), None if size.centre[1] is None else torch.zeros(())),
                _largest(size.radius),
            )
        powers = reduce(balls.multiply, [size] * int(self.order))
        present = torch.sign(tensor(size.magnitude()))
        charge = 2 * step.fmt.unit if self.order > 1 else 0.0
        total = summed(step, charged(powers, charge, present, step.fmt.tiny), None)
        root = total if self.order == 1 else Power(lambda _: total, 1 / self.order)(step)
        return charged(root, 2 * step.fmt.unit)


def _largest(values: Real) -> Tensor:
    return tensor(values).max()


@dataclass(frozen=True)
class Maximum:
    """The largest of an argument along an axis."""

    argument: Node
    axis: int

    def __call__(self, step: Step) -> Ball:
        """Charges nothing: the largest moves by no more than what moves most.

        Of centres in double-double the largest has the largest high part, and of these the largest low one.
        """
        among = widest(step, self.argument(step))
        gather(step)
        (high, low), radius = among.centre, tensor(among.radius)
        top = tensor(high).amax(self.axis, keepdim=True)
        rest = None if low is None else torch.where(tensor(high) == top, tensor(low), -torch.inf)
        below = None if rest is None else rest.amax(self.axis, keepdim=True)
        return Ball((top, below), radius.amax(self.axis, keepdim=True))


for kind in SUMS:
    compiled.register(
        kind,
        lambda expr, compiler: Sum(
            compiler.node(expr.args[0]), expr.axis, mean=expr.func is not Total, each=expr.func is Total
        ),
    )
for kind in MAXIMA:
    compiled.register(kind, lambda expr, compiler: Maximum(compiler.node(expr.args[0]), expr.axis))
for norm in (Norm, EverywhereNorm):
    compiled.register(
        norm, lambda expr, compiler: TensorNorm(compiler.node(expr.args[0]), each=expr.func is Norm)
    )
compiled.register(
    EverywhereOrder, lambda expr, compiler: OrderNorm(compiler.node(expr.args[0]), expr.args[1])
)
