"""One step of a rule under evaluation: what its nodes share, and what every rounding is charged with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from sympy import Expr, Symbol
from torch import Tensor

from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball, Real, plus, tensor
from lawful.verify.oracle.formats import Format, single
from lawful.verify.oracle.scalars import Environment, Scalar, evaluated, symbols

INFLATION = 1.0 + 2.0**-40
"""Pays for the float64 rounding of the radii themselves."""


@dataclass
class Step:
    """What the nodes of one step are evaluated on."""

    environment: Environment
    tensors: dict[Symbol, Ball]
    fmt: Format
    pieces: tuple[int, ...] = ()
    """How many lanes each tensor has, one after the other, where the step is that of several; else none."""
    scalars: dict[Expr, Scalar] = field(default_factory=dict)
    memo: dict[Expr, Ball] = field(default_factory=dict)
    reached: Tensor | None = None
    """The largest intermediate of each lane, in any admissible order."""

    def scalar(self, node: Expr) -> Scalar:
        """A scalar of the rule."""
        if node not in self.scalars:
            values = tuple(self.environment[s] for s in symbols(node))
            self.scalars[node] = evaluated(node, values, self.fmt.scalar)
        return self.scalars[node]

    def scalar_ball(self, node: Expr) -> Ball:
        """The same as a ball."""
        return self.scalar(node).double if self.fmt.exact_centre else self.scalar(node).single

    def cast(self, size: float) -> float:
        """What casting a number of this size to the format can lose: all of its digits, if it is tiny there."""
        tiny = 0 < size < self.fmt.tiny / self.fmt.unit
        return self.fmt.cast * size + (self.fmt.tiny if tiny else 0.0)

    def casting(self, node: Expr) -> float:
        """The same of a scalar, relative to its size."""
        size = self.scalar(node).size
        return self.cast(size) / size if size else 0.0

    def slip(self, number: float) -> float:
        """How far a Python number moves when it becomes one of the format: not at all in float64."""
        return 0.0 if self.fmt.unit < 2.0**-24 else abs(self.narrowed(number) - number)

    def narrowed(self, number: float) -> float:
        """A number in float32."""
        return single(number)

    def largest(self, *numbers: float) -> float:
        """The largest of some numbers."""
        return max(numbers)

    def reach(self, size: Real, times: float = 1.0) -> None:
        """Notes an intermediate of magnitude times·size."""
        size = tensor(size if times == 1.0 else size * times)
        self.reached = size if self.reached is None else torch.maximum(self.reached, size)

    def results(self, nodes: "Mapping[Symbol, Node]") -> dict[Symbol, Ball]:
        """The nodes' balls, one after the other; infinite radii, no verdict, where what was reached may overflow."""
        return {s: self.finite(s, _inflated(node(self))) for s, node in nodes.items()}

    def finite(self, symbol: Symbol, ball: Ball) -> Ball:
        """The ball of a result, of infinite radius where it is not known."""
        known = self.known(ball)
        return (
            ball if _everywhere(known) else ball.widened(torch.where(known, tensor(ball.radius), torch.inf))
        )

    def known(self, ball: Ball) -> Tensor:
        """Where a ball is finite, and all that was reached on the way to it is too."""
        known = torch.isfinite(tensor(ball.mid))
        return known if self.reached is None else known & (self.reached <= self.fmt.largest)


def _everywhere(condition: Tensor) -> bool:
    """Whether a condition is known to hold everywhere; an accelerator is not waited for to ask it."""
    return condition.device.type == "cpu" and bool(condition.all())


def _inflated(ball: Ball) -> Ball:
    return ball if balls.is_exact(ball) else ball.widened(ball.radius * INFLATION)


Node: TypeAlias = Callable[[Step], Ball]


def charged(ball: Ball, relative: float, absolute: Real = 0.0, times: float = 1.0) -> Ball:
    """The ball after roundings that lose `relative` of its magnitude, and times·absolute besides."""
    loss = relative / (1.0 - relative) + balls.own_error(ball.centre)
    return ball.widened(plus(plus(ball.radius, ball.magnitude(), loss), absolute, times))
