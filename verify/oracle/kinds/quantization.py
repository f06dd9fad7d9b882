"""Error analysis of state that is kept in fewer bits than the parameter.

The code book is that of dynamic quantisation (Dettmers et al., arXiv:2110.02861, §2.2): a block is divided by its
largest magnitude A, and the decade (10⁻ᵏ⁻¹, 10⁻ᵏ] holds the midpoints of 2⁷⁻ᵏ equal intervals, 2⁶⁻ᵏ where one bit is
the sign's; the last of 7 decades goes down to 0. Rounding to the nearest loses half an interval, 0.45·10⁻ᵏ·A/2⁷⁻ᵏ, of
a value in that decade. Admitted besides: for what has a sign, 255 equally spaced codes, which lose A/254. The first
moment enters a step linearly, so that both lose a fraction of the block's largest step; the second is divided by, and a
code that makes 0 of what is small is none for it. A block's A is computed, and so is a ball.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from sympy import Expr
from torch import Tensor

from lawful.verify.language.tensors import In8Bits, In32Bits
from lawful.verify.oracle.balls import Ball, tensor
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.kinds.reductions import gather, shape_of, spread
from lawful.verify.oracle.signs import nonnegative
from lawful.verify.oracle.step import Node, Step, charged

FLOAT32 = FORMATS[torch.float32].unit
DECADES = 7
LINEAR = 1 / 254


def half_spacing(ratio: Tensor, signed: bool) -> Tensor:
    """What rounding a value to its nearest code can lose, both in units of the block's largest magnitude."""
    numbers: Any = {"dtype": torch.float64, "device": ratio.device}
    decades = 10.0 ** -torch.arange(DECADES, **numbers)
    intervals = 2.0 ** torch.arange(DECADES - signed, -signed, -1, **numbers)
    lost = torch.flip(0.45 * decades / intervals, [0])
    upper = torch.flip(10.0 ** -torch.arange(1, DECADES, **numbers), [0])
    found = torch.take(lost, torch.bucketize(ratio.nan_to_num(0.0).contiguous(), upper))
    return found.clamp(min=LINEAR) if signed else found


def largest(values: Tensor, block: int) -> Tensor:
    """Of each element, the largest element of its block; 0: the whole tensor is one."""
    flat = values.reshape(-1)
    size = block or max(flat.numel(), 1)
    padded = torch.nn.functional.pad(flat, (0, -flat.numel() % size)).reshape(-1, size)
    tops = padded.amax(1, keepdim=True) if padded.numel() else padded
    return tops.expand_as(padded).reshape(-1).narrow(0, 0, flat.numel()).reshape(values.shape)


@dataclass(frozen=True)
class Quantization:
    """The argument in 8 bits, block by block; or not yet rounded, for a step may be taken with either."""

    argument: Node
    block: Callable[[Step], int]
    signed: bool

    def __call__(self, step: Step) -> Ball:
        """Charges the code's spacing, and in float32 or better the division by the block's size and back."""
        ball = spread(self.argument(step), shape_of(step))
        gather(step)
        size, block = tensor(ball.magnitude()), self.block(step)
        top, least = largest(size, block), largest(ball.lowest(), block)
        lost = half_spacing(size / least, self.signed) * torch.where(size > 0, top, 0.0)
        return charged(ball, 4 * max(step.fmt.unit, FLOAT32), lost)


@dataclass(frozen=True)
class Single:
    """The argument in float32, for parameters of a wider format; or as wide as they are."""

    argument: Node

    def __call__(self, step: Step) -> Ball:
        """Charges the rounding."""
        ball = self.argument(step)
        if step.fmt.unit >= FLOAT32:
            return ball
        return charged(ball, FLOAT32, FORMATS[torch.float32].tiny)


@compiled.register(In8Bits)
def quantized(expr: Expr, compiler: Compiler) -> Node:
    """The value in 8 bits, signed where it may be negative."""
    value, block = expr.args
    return Quantization(
        compiler.node(value), lambda step: int(step.scalar(block).number), not nonnegative(value)
    )


compiled.register(In32Bits, lambda expr, compiler: Single(compiler.node(expr.args[0])))
