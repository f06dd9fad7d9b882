"""Exponentials, powers and arctangents of centres: as float64 has them, or refined to double-double."""

from functools import reduce

import torch
from torch import Tensor

from lawful.verify.oracle.balls import (
    Centre,
    add_centres,
    divide_centres,
    multiply_centres,
    negate_centre,
    tensor,
)

LN2 = (0.6931471805599453, 2.3190468138462996e-17)
"""log 2, to 107 bits."""

HALVINGS, TERMS = 6, 11
"""Arguments below log 2 / 2 are halved so often; of the series of the exponential then so many terms are needed."""


def exp_centre(a: Centre) -> Centre:
    """e^a: of a less its nearest multiple of log 2, halved some times, by the series; squared as often."""
    nearly = torch.exp(tensor(a[0]))
    if a[1] is None:
        return nearly, None
    twos = torch.round(tensor(a[0]) / LN2[0])
    rest = add_centres(a, multiply_centres((-twos, torch.zeros_like(twos)), LN2))
    small = _scaled(rest, torch.full_like(twos, -HALVINGS))
    total = _number(1.0, nearly)
    for n in range(TERMS, 0, -1):
        share = divide_centres(multiply_centres(small, total), _number(float(n), nearly))
        total = add_centres(_number(1.0, nearly), share)
    for _ in range(HALVINGS):
        total = multiply_centres(total, total)
    return _known(_scaled(total, twos), nearly)


def log_centre(a: Centre) -> Centre:
    """log a, by one step of Newton's method: y + a·e⁻ʸ − 1."""
    nearly = torch.log(tensor(a[0]))
    if a[1] is None:
        return nearly, None
    y = (nearly, torch.zeros_like(nearly))
    excess = add_centres(multiply_centres(a, exp_centre(negate_centre(y))), _number(-1.0, nearly))
    return _known(add_centres(y, excess), nearly)


def power_centre(a: Centre, exponent: Centre) -> Centre:
    """max(a, 0)^exponent, for an exponent > 0."""
    nearly = torch.pow(torch.clamp_min(tensor(a[0]), 0.0), tensor(exponent[0]))
    if a[1] is None:
        return nearly, None
    return _known(exp_centre(multiply_centres(exponent, log_centre(a))), nearly)


def arctangent_centre(above: Centre, below: Centre) -> Centre:
    """atan2(above, below): what float64 says, and the angle that is left when that is turned back."""
    nearly = torch.atan2(tensor(above[0]), tensor(below[0]))
    if above[1] is None or below[1] is None:
        return nearly, None
    cos, sin = _turn(nearly)
    up = add_centres(multiply_centres(above, cos), negate_centre(multiply_centres(below, sin)))
    along = add_centres(multiply_centres(below, cos), multiply_centres(above, sin))
    return _known(add_centres((nearly, torch.zeros_like(nearly)), divide_centres(up, along)), nearly)


def _turn(angle: Tensor) -> tuple[Centre, Centre]:
    """(cos, sin) of angles between −π and π, by their series at a 64th of them, doubled six times."""
    small = (angle * 2.0**-HALVINGS, torch.zeros_like(angle))
    square = negate_centre(multiply_centres(small, small))
    cos, sin = (_series(square, first) for first in (1, 2))
    sin = multiply_centres(small, sin)
    for _ in range(HALVINGS):
        less = negate_centre(multiply_centres(sin, sin))
        twice = _scaled(multiply_centres(cos, sin), torch.ones_like(angle))
        cos, sin = add_centres(multiply_centres(cos, cos), less), twice
    return cos, sin


def _series(square: Centre, first: int) -> Centre:
    """1 + s/(f(f + 1))·(1 + s/((f + 2)(f + 3))·(…))."""
    like = tensor(square[0])

    def around(total: Centre, n: int) -> Centre:
        share = divide_centres(multiply_centres(square, total), _number(float(n * (n + 1)), like))
        return add_centres(_number(1.0, like), share)

    return reduce(around, range(first + 2 * TERMS, first - 1, -2), _number(1.0, like))


def _number(value: float, like: Tensor) -> Centre:
    return torch.full_like(like, value), torch.zeros_like(like)


def _scaled(a: Centre, twos: Tensor) -> Centre:
    """a times a power of two, exactly unless it underflows."""
    high, low = a
    return torch.ldexp(tensor(high), twos), None if low is None else torch.ldexp(tensor(low), twos)


def _known(refined: Centre, nearly: Tensor) -> Centre:
    """The refined centre where it is a number, and elsewhere what float64 has: 0, ∞ or no number."""
    high, low = tensor(refined[0]), tensor(0.0 if refined[1] is None else refined[1])
    good = torch.isfinite(high) & torch.isfinite(low)
    return torch.where(good, high, nearly), torch.where(good, low, 0.0)
