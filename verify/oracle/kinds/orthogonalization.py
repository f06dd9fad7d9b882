"""Error analysis of the Newton–Schulz iteration X ← a·X + (b·G + c·G²)·X with G = X·Xᵀ, in the Frobenius norm.

Entry by entry, the bounds of five matrix products in a row would be useless. Here a perturbation of norm ρ is
carried through p(s) = a·s + b·s³ + c·s⁵ of the singular values exactly (not to first order): on the way from the exact
to the perturbed matrix, singular values move by at most ρ (Weyl), and the derivative of such a function of a matrix has
divided differences of p as its factors: no more than the largest |p′| or |p(s)/s| over the range (Higham 2008, theorem
3.11, for odd functions). What one iteration itself may round is bounded for either side of the multiplication. Where
the bound reaches the result's own norm, there is no verdict.
"""

from dataclasses import dataclass
from functools import partial
from math import inf, isfinite, sqrt

import torch
from sympy import Expr
from torch import Tensor

from lawful.verify.language.tensors import NewtonSchulz, NewtonSchulzInBfloat16
from lawful.verify.oracle.balls import Ball, tensor
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.kinds.reductions import gather, shape_of, spread
from lawful.verify.oracle.step import Node, Step

BFLOAT16 = 2.0**-8
FLOAT64 = 2.0**-53


@dataclass(frozen=True)
class Quintic:
    """p(s) = a·s + b·s³ + c·s⁵."""

    a: float
    b: float
    c: float

    def at(self, s: Tensor) -> Tensor:
        """p(s)."""
        return self.a * s + self.b * s**3 + self.c * s**5

    def stretch(self, low: float, high: float) -> float:
        """The largest |p′| and |p(s)/s| between two singular values."""
        slope = _largest(self.a, 3 * self.b, 5 * self.c, low * low, high * high)
        return max(slope, _largest(self.a, self.b, self.c, low * low, high * high))

    def of(self, matrix: Tensor) -> Tensor:
        """One iteration."""
        gram = matrix @ matrix.T
        return self.a * matrix + (self.b * gram + self.c * gram @ gram) @ matrix

    def rounding(self, s: float, f: float, k: int, stored: float, summed: float) -> float:
        """What one iteration may lose: spectral norm s, Frobenius norm f, inner sizes up to k."""
        a, b, c, many = abs(self.a), abs(self.b), abs(self.c), k * summed / (1 - k * summed)
        q = s * s  # products overflow to ∞, where powers would raise
        gram = many * f * f + stored * s * f
        square = 2 * q * gram + many * q * f * f + stored * q * s * f
        inside = b * gram + c * square + 3 * stored * (b * s * f + c * q * s * f)
        product = inside * s + many * (b * s + c * q * s) * f * f + stored * (b * q + c * q * q) * f
        return product + 4 * stored * (a + b * q + c * q * q) * f


def _largest(a: float, b: float, c: float, low: float, high: float) -> float:
    """The largest |a + b·q + c·q²| over an interval."""
    turn = -b / (2 * c) if c else low
    places = [low, high, *([turn] if low < turn < high else [])]
    return max(abs(a + b * q + c * q * q) for q in places)


@dataclass(frozen=True)
class Iteration:
    """k iterations from argument / max(‖argument‖, eps).

    Args:
        argument: the matrix.
        coefficients: a, b, c, eps and k.
        stored: the unit roundoff in which the iteration is kept; None: the parameter's own.
    """

    argument: Node
    coefficients: tuple[Expr, ...]
    stored: float | None = None

    def __call__(self, step: Step) -> Ball:
        """The exact iteration, with one radius for all entries."""
        argument = spread(self.argument(step), shape_of(step))
        gather(step)
        a, b, c, eps, k = (step.scalar(e).number for e in self.coefficients)
        centre, radius = self._carried(argument, Quintic(a, b, c), eps, int(k), step)
        step.reach(centre.abs().max(), 1.0)
        low = None if argument.centre[1] is None else torch.zeros_like(centre)
        return Ball((centre, low), torch.full_like(centre, radius))

    def _carried(
        self, argument: Ball, p: Quintic, eps: float, steps: int, step: Step
    ) -> tuple[Tensor, float]:
        stored = max(self.stored or 0.0, step.fmt.unit) + FLOAT64  # and the centre's own
        summed = min(stored, step.fmt.intermediate if self.stored is None else 2.0**-24) + FLOAT64
        matrix, radius = _normalised(argument, eps, stored, summed, step.fmt.tiny)
        singular = torch.linalg.svdvals(matrix)
        for _ in range(steps):
            low, high = float(singular.min()), float(singular.max())
            spread_f = float(matrix.norm()) + radius
            lost = p.rounding(high + radius, spread_f, max(matrix.shape), stored, summed)
            radius = p.stretch(max(low - radius, 0.0), high + radius) * radius + lost
            matrix, singular = p.of(matrix), p.at(singular).abs()
        return matrix, radius if radius < float(matrix.norm()) or radius == 0.0 else inf


def _normalised(
    argument: Ball, eps: float, stored: float, summed: float, tiny: float
) -> tuple[Tensor, float]:
    """argument / max(‖argument‖, eps), and a bound on the norm of its error."""
    matrix, carried = tensor(argument.mid), float(tensor(argument.radius).norm())
    norm = float(matrix.norm())
    if norm + carried == 0.0:
        return matrix, 0.0
    if not isfinite(norm + carried):
        return torch.zeros_like(matrix), inf
    length = max(norm, eps)
    off = carried + norm * (2 * stored + matrix.numel() * summed) + sqrt(tiny * matrix.numel())
    if length <= off:
        return matrix / length, inf
    unit = matrix / length
    lost = (carried + off * float(unit.norm())) / (length - off)
    return unit, lost + 4 * stored * float(unit.norm()) + tiny * matrix.numel() / min(length, 1.0)


@compiled.register(NewtonSchulz)
def iterated(expr: Expr, compiler: Compiler, stored: float | None = None) -> Node:
    """`NewtonSchulz(e, a, b, c, eps, k)`."""
    return Iteration(compiler.node(expr.args[0]), expr.args[1:], stored)


compiled.register(NewtonSchulzInBfloat16, partial(iterated, stored=BFLOAT16))
