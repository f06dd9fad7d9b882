"""Balls on tensors: a centre, in float64 or double-double, and a bound on how far the truth may be from it.

A radius bounds |any admissible computed value − exact value|. The operations here propagate radii exactly (no
first-order truncation); the error analysis charges rounding in the format under test, and what the centre
itself loses. Double-double: Dekker 1971, Hida, Li & Bailey 2001.
"""

from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary

Real: TypeAlias = Tensor | float
Centre: TypeAlias = tuple[Real, Real | None]
"""(high, low) in double-double; (value, None) in float64."""

SPLITTER = 134217729.0  # 2**27 + 1: Veltkamp's constant for float64


class Ball:
    """A centre and a radius; the radius is the float 0.0 for what is known exactly."""

    __slots__ = ("_lowest", "_magnitude", "_size", "centre", "radius")

    def __init__(self, centre: Centre, radius: Real = 0.0) -> None:
        """A ball of this radius (a bound, rounded down by no more than 2⁻⁵⁰ of itself) around the centre."""
        self.centre = centre
        self.radius = radius
        self._size: Real | None = None
        self._magnitude: Real | None = None
        self._lowest: Tensor | None = None

    @property
    def mid(self) -> Real:
        """The centre, rounded to float64."""
        return self.centre[0]

    def size(self) -> Real:
        """|centre|."""
        if self._size is None:
            self._size = size_of(self.mid)
        return self._size

    def magnitude(self) -> Real:
        """An upper bound of |value|."""
        if self._magnitude is None:
            self._magnitude = plus(self.size(), self.radius)
        return self._magnitude

    def lowest(self) -> Tensor:
        """A lower bound of |value|, at least 0."""
        if self._lowest is None:
            self._lowest = torch.clamp_min(tensor(self.size() - self.radius), 0.0)
        return self._lowest

    def widened(self, radius: Real) -> "Ball":
        """The same centre with another radius."""
        ball = Ball(self.centre, radius)
        ball._size = self._size
        return ball

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


def spread(ball: Ball, like: Tensor) -> Ball:
    """The ball with a centre of this shape."""
    high, low = ball.centre
    zero = torch.zeros_like(like, dtype=torch.float64)
    return Ball((zero + high, None if low is None else zero + low), ball.radius)


# -------------------------------------------------------------------------------------- double-double centres
def two_sum(a: Real, b: Real) -> tuple[Real, Real]:
    """a + b and its rounding error, exactly."""
    s = a + b
    bb = s - a
    return s, (a - (s - bb)) + (b - bb)


def quick_two_sum(a: Real, b: Real) -> tuple[Real, Real]:
    """The same where |a| ≥ |b|; elsewhere it loses no more than a 2⁻⁵³th of the smaller one."""
    s = a + b
    return s, b - (s - a)


def _split(a: Real) -> tuple[Real, Real]:
    c = SPLITTER * a
    high = c - (c - a)
    return high, a - high


def two_product(a: Real, b: Real) -> tuple[Real, Real]:
    """a·b and its rounding error, exactly unless it under- or overflows (then the error is taken as 0)."""
    p = a * b
    ah, al = _split(a)
    bh, bl = (ah, al) if b is a else _split(b)
    e = multiply_add(al, bl, multiply_add(al, bh, multiply_add(ah, bl, ah * bh - p)))
    return p, torch.nan_to_num(e, 0.0, 0.0, 0.0) if isinstance(e, Tensor) else e


def add_centres(a: Centre, b: Centre) -> Centre:
    """a + b."""
    if a[1] is None or b[1] is None:
        return a[0] + b[0], None
    s, e = two_sum(a[0], b[0])
    return quick_two_sum(s, e + (a[1] + b[1]))


def multiply_centres(a: Centre, b: Centre) -> Centre:
    """a·b."""
    if a[1] is None or b[1] is None:
        return a[0] * b[0], None
    p, e = two_product(a[0], b[0])
    return quick_two_sum(p, multiply_add(a[0], b[1], multiply_add(a[1], b[0], e)))


def negate_centre(a: Centre) -> Centre:
    """−a."""
    return -a[0], None if a[1] is None else -a[1]


def divide_centres(a: Centre, b: Centre) -> Centre:
    """a/b; whatever IEEE division gives where b is 0."""
    q = a[0] / b[0]
    if a[1] is None or b[1] is None:
        return q, None
    p, e = two_product(b[0], q)
    rest = ((a[0] - p) - e) + (a[1] - b[1] * q)
    return quick_two_sum(q, rest / b[0])


def root_centre(a: Centre) -> Centre:
    """√max(a, 0)."""
    y = square_root(torch.clamp_min(tensor(a[0]), 0.0))
    if a[1] is None:
        return y, None
    p, e = two_product(y, y)
    rest = ((a[0] - p) - e) + a[1]
    return quick_two_sum(y, torch.where(y > 0, rest / (2.0 * y), 0.0))


def square_root(value: Tensor) -> Tensor:
    """√value, rounded correctly; on processors torch's own is not always."""
    if has_torch_function_unary(value):
        root: Tensor = handle_torch_function(square_root, (value,), value)
        return root
    numbers = type(value) is Tensor and value.device.type == "cpu"
    return torch.as_tensor(np.sqrt(value.numpy())) if numbers else torch.sqrt(value)


def choose(condition: Tensor, a: Centre, b: Centre) -> Centre:
    """a where the condition holds, b elsewhere."""
    high = torch.where(condition, tensor(a[0]), tensor(b[0]))
    return high, None if a[1] is None or b[1] is None else torch.where(condition, tensor(a[1]), tensor(b[1]))


def own_error(centre: Centre) -> float:
    """Relative error of one operation on centres of this kind; generous by a factor of 4 and more."""
    return 2.0**-51 if centre[1] is None else 2.0**-98


# ------------------------------------------------------------------------------------------ exact propagation
def add(a: Ball, b: Ball) -> Ball:
    """a + b (the caller charges the centres' own error, which is relative to the operands)."""
    return Ball(add_centres(a.centre, b.centre), plus(a.radius, b.radius))


def multiply(a: Ball, b: Ball) -> Ball:
    """a·b."""
    radius: Real = 0.0
    if not is_exact(b):
        radius = a.size() * b.radius
    if not is_exact(a):
        radius = multiply_add(a.radius, b.magnitude(), radius)
    return Ball(multiply_centres(a.centre, b.centre), radius)


def divide(a: Ball, b: Ball) -> Ball:
    """a/b; the radius is infinite, or no number, where b's ball reaches 0."""
    quotient = Ball(divide_centres(a.centre, b.centre))
    numerator = a.radius if is_exact(b) else multiply_add(quotient.size(), b.radius, a.radius)
    return quotient.widened(tensor(numerator) / b.lowest())


def root(a: Ball, may_be_negative: bool) -> Ball:
    """√a. Where a's ball reaches below 0 and rounding could take it there, the radius is infinite.

    |√a − √c| ≤ r/(√c + √(c − r)) where r ≤ c, and ≤ √r elsewhere.
    """
    centre = root_centre(a.centre)
    if is_exact(a):
        return Ball(centre)
    radius, least = tensor(a.radius), tensor(a.mid - a.radius)
    slope = torch.maximum(centre[0] + square_root(torch.clamp_min(least, 0.0)), square_root(radius))
    spread = radius / torch.clamp_min(slope, 1e-300)
    return Ball(centre, torch.where(least < 0, torch.inf, spread) if may_be_negative else spread)


def maximum(a: Ball, b: Ball) -> Ball:
    """max(a, b): the larger where that is sure, and else 1-Lipschitz in each argument."""
    difference = a.centre[0] - b.centre[0]
    if a.centre[1] is not None and b.centre[1] is not None:
        difference = difference + (a.centre[1] - b.centre[1])
    larger = tensor(difference) >= 0
    centre = choose(larger, a.centre, b.centre)
    if is_exact(a) and is_exact(b):
        return Ball(centre)
    ra, rb = tensor(a.radius), tensor(b.radius)
    sure = torch.abs(tensor(difference)) > 2 * (ra + rb)  # twice, for the difference is rounded too
    return Ball(centre, torch.where(sure, torch.where(larger, ra, rb), torch.maximum(ra, rb)))


def minimum(a: Ball, b: Ball) -> Ball:
    """min(a, b)."""
    return negate(maximum(negate(a), negate(b)))


def negate(a: Ball) -> Ball:
    """−a."""
    return Ball(negate_centre(a.centre), a.radius)


def sign(a: Ball) -> Ball:
    """sign(a): exact where the sign is sure, anything in [−1, 1] elsewhere."""
    mid = torch.sign(tensor(a.mid))
    low = None if a.centre[1] is None else torch.zeros_like(mid)
    if is_exact(a):
        return Ball((mid, low))
    sure = (tensor(a.size()) > a.radius) | (tensor(a.magnitude()) == 0)
    return Ball((mid, low), torch.where(sure, 0.0, 1.0 + torch.abs(mid)))


def positive(a: Ball, strictly: bool) -> tuple[Tensor, Tensor]:
    """Whether a > 0, or a ≥ 0 unless `strictly`, by its centre, and whether that holds of the whole ball."""
    mid, radius = tensor(a.mid), tensor(a.radius)
    if strictly:
        return mid > 0, (mid > radius) | (mid + radius <= 0)
    return mid >= 0, (mid >= radius) | (mid + radius < 0)


def either(holds: Tensor, sure: Tensor, a: Ball, b: Ball) -> Ball:
    """a where a condition holds, b elsewhere, and both where it is not sure."""
    radius = torch.where(holds, tensor(a.radius), tensor(b.radius))
    both = size_of(tensor(a.mid - b.mid)) + a.radius + b.radius
    return Ball(choose(holds, a.centre, b.centre), torch.where(sure, radius, both))


def absolute(a: Ball) -> Ball:
    """|a|."""
    negative = tensor(a.mid) < 0
    return Ball(choose(negative, negate_centre(a.centre), a.centre), a.radius)


def tensor(value: Real) -> Tensor:
    """The value as a float64 tensor."""
    return value if isinstance(value, Tensor) else torch.tensor(value, dtype=torch.float64)


def size_of(value: Real) -> Real:
    """|value|."""
    return torch.abs(value) if isinstance(value, Tensor) else abs(value)


def plus(a: Real, b: Real, times: float = 1.0) -> Real:
    """a + times·b; the constant 0 costs nothing."""
    if isinstance(b, float):
        return a + times * b if b else a
    if isinstance(a, Tensor):
        return torch.add(a, b, alpha=times)
    scaled = b if times == 1.0 else times * b
    return a + scaled if a else scaled


def multiply_add(a: Real, b: Real, c: Real) -> Real:
    """a·b + c, in as few operations as the types allow."""
    if isinstance(a, float):
        return plus(c, b, a)
    if isinstance(b, float):
        return plus(c, a, b)
    return torch.addcmul(c, a, b) if isinstance(c, Tensor) else plus(c, a * b)
