"""Balls on tensors: a centre, in float64 or double-double, and a bound on how far the truth may be from it.

A radius bounds |any admissible computed value − exact value|. The operations here propagate radii exactly (no
first-order truncation) and add what the centre's own arithmetic loses; rounding in the format under test is charged by
the oracle. Double-double: Dekker 1971, Hida, Li & Bailey 2001.
"""

from typing import TypeAlias

import torch
from torch import Tensor

Real: TypeAlias = Tensor | float
Centre: TypeAlias = tuple[Real, Real | None]
"""(high, low) in double-double; (value, None) in float64."""

SPLITTER = 134217729.0  # 2**27 + 1: Veltkamp's constant for float64


class Ball:
    """A centre and a radius; the radius is the float 0.0 for what is known exactly."""

    __slots__ = ("_magnitude", "centre", "radius")

    def __init__(self, centre: Centre, radius: Real = 0.0) -> None:
        """A ball of this radius (a bound, never rounded down by more than 2⁻⁵⁰ of itself) around the centre."""
        self.centre = centre
        self.radius = radius
        self._magnitude: Real | None = None

    @property
    def mid(self) -> Real:
        """The centre, rounded to float64."""
        return self.centre[0]

    def magnitude(self) -> Real:
        """An upper bound of |value|."""
        if self._magnitude is None:
            self._magnitude = plus(abs(self.mid), self.radius)
        return self._magnitude

    def lowest(self) -> Tensor:
        """A lower bound of |value|, at least 0."""
        return torch.clamp_min(tensor(abs(self.mid) - self.radius), 0.0)

    def distance(self, value: Tensor) -> Tensor:
        """|value − centre|, without losing the centre's low part."""
        high, low = self.centre
        difference = value - high
        return torch.abs(difference if low is None else difference - low)


def is_exact(ball: Ball) -> bool:
    """Whether the radius is the constant 0."""
    return isinstance(ball.radius, float) and ball.radius == 0.0


def exact(value: Tensor, double: bool) -> Ball:
    """A ball of radius 0 around a tensor of any dtype."""
    value = value.to(torch.float64)
    return Ball((value, torch.zeros_like(value) if double else None))


# ------------------------------------------------------------------------------------------------ double-double centres
def two_sum(a: Real, b: Real) -> tuple[Real, Real]:
    """a + b and its rounding error, exactly."""
    s = a + b
    bb = s - a
    return s, (a - (s - bb)) + (b - bb)


def _split(a: Real) -> tuple[Real, Real]:
    c = SPLITTER * a
    high = c - (c - a)
    return high, a - high


def two_product(a: Real, b: Real) -> tuple[Real, Real]:
    """a·b and its rounding error, exactly unless it under- or overflows (then the error is taken as 0)."""
    p = a * b
    (ah, al), (bh, bl) = _split(a), _split(b)
    e = ((ah * bh - p) + ah * bl + al * bh) + al * bl
    return p, torch.nan_to_num(e, 0.0, 0.0, 0.0) if isinstance(e, Tensor) else e


def add_centres(a: Centre, b: Centre) -> Centre:
    """a + b."""
    if a[1] is None or b[1] is None:
        return a[0] + b[0], None
    s, e = two_sum(a[0], b[0])
    return two_sum(s, e + (a[1] + b[1]))


def multiply_centres(a: Centre, b: Centre) -> Centre:
    """a·b."""
    if a[1] is None or b[1] is None:
        return a[0] * b[0], None
    p, e = two_product(a[0], b[0])
    return two_sum(p, e + (a[0] * b[1] + a[1] * b[0]))


def negate_centre(a: Centre) -> Centre:
    """−a."""
    return -a[0], None if a[1] is None else -a[1]


def divide_centres(a: Centre, b: Centre) -> Centre:
    """a/b; whatever IEEE division gives where b is 0."""
    q = a[0] / b[0]
    if a[1] is None or b[1] is None:
        return q, None
    rest = add_centres(a, negate_centre(multiply_centres(b, (q, 0.0 * q))))
    return two_sum(q, rest[0] / b[0])


def root_centre(a: Centre) -> Centre:
    """√max(a, 0)."""
    y = torch.sqrt(torch.clamp_min(tensor(a[0]), 0.0))
    if a[1] is None:
        return y, None
    rest = add_centres(a, negate_centre(multiply_centres((y, 0.0 * y), (y, 0.0 * y))))
    return two_sum(y, torch.where(y > 0, rest[0] / (2.0 * y), 0.0))


def choose(condition: Tensor, a: Centre, b: Centre) -> Centre:
    """a where the condition holds, b elsewhere."""
    high = torch.where(condition, a[0], b[0])
    return high, None if a[1] is None or b[1] is None else torch.where(condition, a[1], b[1])


def own_error(centre: Centre) -> float:
    """Relative error of one operation on centres of this kind; generous by a factor of 4 and more."""
    return 2.0**-51 if centre[1] is None else 2.0**-98


# ---------------------------------------------------------------------------------------------------- exact propagation
def add(a: Ball, b: Ball) -> Ball:
    """a + b (the caller charges the centres' own error, which is relative to the operands)."""
    return Ball(add_centres(a.centre, b.centre), plus(a.radius, b.radius))


def multiply(a: Ball, b: Ball) -> Ball:
    """a·b."""
    radius: Real = 0.0
    if not is_exact(a):
        radius = a.radius * b.magnitude()
    if not is_exact(b):
        radius = plus(radius, abs(a.mid) * b.radius)
    return Ball(multiply_centres(a.centre, b.centre), radius)


def divide(a: Ball, b: Ball) -> Ball:
    """a/b; the radius is infinite where b's ball reaches 0."""
    high, low = divide_centres(a.centre, b.centre)
    lowest = b.lowest()
    numerator = a.radius if is_exact(b) else plus(a.radius, abs(high) * b.radius)
    radius = torch.where(lowest > 0, tensor(numerator) / lowest, torch.inf)
    return Ball((_finite(high), None if low is None else _finite(low)), radius)


def root(a: Ball, may_be_negative: bool) -> Ball:
    """√a. Where a's ball reaches below 0 and rounding could take it there, the radius is infinite."""
    centre = root_centre(a.centre)
    if is_exact(a):
        return Ball(centre)
    mid, radius = tensor(a.mid), a.radius
    least = torch.clamp_min(mid - radius, 0.0)
    spread = radius / torch.clamp_min(centre[0] + torch.sqrt(least), 1e-300)
    spread = torch.minimum(spread, torch.sqrt(torch.clamp_min(mid + radius, 0.0)))
    if may_be_negative:
        spread = torch.where(mid - radius < 0, torch.inf, spread)
    return Ball(centre, spread)


def maximum(a: Ball, b: Ball) -> Ball:
    """max(a, b), which is 1-Lipschitz in each argument."""
    difference = add_centres(a.centre, negate_centre(b.centre))
    centre = choose(tensor(difference[0]) >= 0, a.centre, b.centre)
    if is_exact(a) and is_exact(b):
        return Ball(centre)
    return Ball(centre, torch.maximum(tensor(a.radius), tensor(b.radius)))


def negate(a: Ball) -> Ball:
    """−a."""
    return Ball(negate_centre(a.centre), a.radius)


def sign(a: Ball) -> Ball:
    """sign(a): exact where the sign is sure, anything in [−1, 1] elsewhere."""
    mid = torch.sign(tensor(a.mid))
    low = None if a.centre[1] is None else torch.zeros_like(mid)
    if is_exact(a):
        return Ball((mid, low))
    sure = (torch.abs(tensor(a.mid)) > a.radius) | (tensor(a.magnitude()) == 0)
    return Ball((mid, low), torch.where(sure, 0.0, 1.0 + torch.abs(mid)))


def absolute(a: Ball) -> Ball:
    """|a|."""
    negative = tensor(a.mid) < 0
    return Ball(choose(negative, negate_centre(a.centre), a.centre), a.radius)


def _finite(value: Real) -> Tensor:
    return torch.nan_to_num(tensor(value), 0.0, 0.0, 0.0)


def tensor(value: Real) -> Tensor:
    return torch.as_tensor(value, dtype=torch.float64)


def plus(a: Real, b: Real) -> Real:
    if isinstance(a, float) and a == 0.0:
        return b
    return a if isinstance(b, float) and b == 0.0 else a + b
