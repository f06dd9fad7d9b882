"""Error analysis of functions that no format rounds correctly: exponentials, arctangents, powers that are no roots.

Of what a library returns, two units roundoff are charged, of these one for the function and one for the result; that
admits an error of a unit in the last place, as vectorised libraries claim (SLEEF: 1.0).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import torch
from sympy import Expr, atan2, exp
from torch import Tensor

from lawful.verify.oracle.balls import Ball, plus, tensor
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.elementary import arctangent_centre, exp_centre, power_centre
from lawful.verify.oracle.step import Node, Step, charged


@dataclass(frozen=True)
class Exponential:
    """e to an argument."""

    argument: Node

    def __call__(self, step: Step) -> Ball:
        """Charges the function."""
        argument = self.argument(step)
        mid, radius = tensor(argument.mid), tensor(argument.radius)
        centre = exp_centre(argument.centre)
        spread = torch.where(radius < 1, tensor(centre[0]) * torch.expm1(radius), torch.exp(mid + radius))
        return charged(Ball(centre, spread), 2 * step.fmt.unit, step.fmt.tiny)


@dataclass(frozen=True)
class Arctangent:
    """atan2(above, below)."""

    above: Node
    below: Node

    def __call__(self, step: Step) -> Ball:
        """Charges the function, which turns no faster than 1 over the least distance from 0 and by π at most."""
        above, below = self.above(step), self.below(step)
        y, x = tensor(above.mid), tensor(below.mid)
        moved = tensor(above.radius) + tensor(below.radius)
        nearest = torch.hypot(y, x) - moved
        turned = torch.where(nearest > 0, moved / nearest, torch.where(moved > 0, torch.inf, 0.0))
        centre = arctangent_centre(above.centre, below.centre)
        ball = Ball(centre, torch.clamp_max(turned, 2 * pi))
        return charged(ball, 2 * step.fmt.unit, step.fmt.tiny)


@dataclass(frozen=True)
class Power:
    """A base that is not negative to a positive power, which is a scalar of the rule."""

    base: Node
    exponent: Expr

    def __call__(self, step: Step) -> Ball:
        """Charges the function, and the exponent's cast: a relative error δ of it is one of δ·|log of the value|."""
        base, exponent = self.base(step), step.scalar(self.exponent)
        centre = power_centre(base.centre, step.scalar_ball(self.exponent).centre)
        spread = _spread(tensor(base.mid), tensor(base.radius), exponent.number)
        lost = step.casting(self.exponent) + exponent.error / exponent.number
        logs = torch.abs(torch.xlogy(tensor(centre[0]), tensor(centre[0])))
        return charged(Ball(centre, plus(spread, logs, lost)), 2 * step.fmt.unit, step.fmt.tiny)


def _spread(centre: Tensor, radius: Tensor, power: float) -> Tensor:
    """How far powers of a ball's numbers lie from that of its centre: by the mean value theorem, or by r^p if p < 1."""
    if power >= 1:
        return power * radius * torch.pow(centre + radius, power - 1)
    least = torch.clamp_min(centre - radius, 0.0)
    steepest = torch.where(radius > 0, power * radius * torch.pow(least, power - 1), 0.0)
    return torch.minimum(steepest, torch.pow(radius, power))


def lanewise(kind: Callable[..., Node]) -> Callable[[Expr, Compiler], Node]:
    """How a function of lanes is compiled."""
    return lambda expr, compiler: kind(*map(compiler.node, expr.args))


compiled.register(exp, lanewise(Exponential))
compiled.register(atan2, lanewise(Arctangent))
