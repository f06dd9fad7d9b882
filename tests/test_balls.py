"""Balls: the double-double kernels against mpmath, and that every operation encloses what it must."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import mpmath
import pytest
import torch
from torch import Tensor

from lawful.verify.language.families import find_rule
from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball, Centre
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle

N = 120
Truth = Callable[..., Any]


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def numbers(random: torch.Generator, decades: float = 30.0) -> Tensor:
    """Float64 of both signs over many decades."""
    size = 10.0 ** ((torch.rand(N, generator=random, dtype=torch.float64) - 0.5) * decades)
    return size * torch.randn(N, generator=random, dtype=torch.float64)


def centres(random: torch.Generator, double: bool) -> Centre:
    high = numbers(random)
    low = high * 2.0**-54 * (2.0 * torch.rand(N, generator=random, dtype=torch.float64) - 1.0)
    return balls.two_sum(high, low) if double else (high, None)


def rationals(centre: Centre) -> list[F]:
    """The centres, exactly."""
    high, low = centre
    assert isinstance(high, Tensor)
    lows = [0.0] * len(high) if low is None else torch.as_tensor(low).tolist()
    return [F(h) + F(e) for h, e in zip(high.tolist(), lows, strict=True)]


def root_of(value: F) -> F:
    """√value to 400 bits."""
    with mpmath.workprec(400):
        mantissa, exponent = mpmath.sqrt(mpmath.mpf(value.numerator) / value.denominator).man_exp
    return F(int(mantissa)) * F(2) ** int(exponent)


# ------------------------------------------------------------------------------------------------------- double-double
KERNELS: dict[str, tuple[Callable[..., Centre], Truth, Truth]] = {
    "a + b": (balls.add_centres, lambda a, b: a + b, lambda a, b: abs(a) + abs(b)),
    "a · b": (balls.multiply_centres, lambda a, b: a * b, lambda a, b: abs(a * b)),
    "a / b": (balls.divide_centres, lambda a, b: a / b, lambda a, b: abs(a / b)),
    "√|a|": (
        lambda a, b: balls.root_centre(magnitudes(a)),
        lambda a, b: root_of(abs(a)),
        lambda a, b: root_of(abs(a)),
    ),
}


def magnitudes(centre: Centre) -> Centre:
    assert isinstance(centre[0], Tensor)
    return balls.choose(centre[0] < 0, balls.negate_centre(centre), centre)


@pytest.mark.parametrize("double", [True, False], ids=["double-double", "float64"])
@pytest.mark.parametrize("name", KERNELS)
def test_a_centre_loses_no_more_than_is_charged_for_it(
    name: str, double: bool, random: torch.Generator
) -> None:
    kernel, truth, scale = KERNELS[name]
    a, b = centres(random, double), centres(random, double)
    result = kernel(a, b)
    for x, y, z in zip(rationals(a), rationals(b), rationals(result), strict=True):
        assert abs(z - truth(x, y)) <= F(balls.own_error(result)) * scale(x, y)


def test_sums_and_products_of_two_numbers_are_exact(random: torch.Generator) -> None:
    a, b = numbers(random), numbers(random)
    for kernel, truth in ((balls.two_sum, F.__add__), (balls.two_product, F.__mul__)):
        high, low = kernel(a, b)
        for x, y, h, e in zip(
            a.tolist(), b.tolist(), torch.as_tensor(high).tolist(), torch.as_tensor(low).tolist(), strict=True
        ):
            assert F(h) + F(e) == truth(F(x), F(y))


# ----------------------------------------------------------------------------------------------------------- enclosures
def ball(random: torch.Generator, double: bool, exact: bool) -> Ball:
    """A ball; some reach over 0, some nearly touch it."""
    centre = centres(random, double)
    relative = 10.0 ** (-6.0 * torch.rand(N, generator=random, dtype=torch.float64) + 0.3)
    return Ball(centre, 0.0 if exact else torch.abs(torch.as_tensor(centre[0])) * relative)


def points(b: Ball) -> list[list[F]]:
    """Both ends, the centre and a point between."""
    radii = torch.as_tensor(b.radius).expand(N).tolist()
    return [
        [c + F(r) * s for c, r in zip(rationals(b.centre), radii, strict=True)]
        for s in (F(-1), F(0), F(3, 7), F(1))
    ]


def encloses(result: Ball, lane: int, truth: F, scale: F) -> bool:
    """Whether the truth is in the ball, up to the centre's own error, which the caller of a kernel charges."""
    radius = float(torch.as_tensor(result.radius).expand(N)[lane])
    if radius == float("inf"):
        return True
    high, low = result.centre
    middle = F(float(torch.as_tensor(high)[lane])) + (
        0 if low is None else F(float(torch.as_tensor(low)[lane]))
    )
    return abs(truth - middle) <= F(radius) * (1 + F(1, 2**45)) + F(balls.own_error(result.centre)) * scale


def sign(a: F) -> F:
    return F((a > 0) - (a < 0))


OPERATIONS: dict[str, tuple[Callable[[Ball, Ball], Ball], Callable[[F, F], F]]] = {
    "a + b": (balls.add, lambda a, b: a + b),
    "a · b": (balls.multiply, lambda a, b: a * b),
    "a / b": (balls.divide, lambda a, b: a / b),
    "max(a, b)": (balls.maximum, max),
    "√max(a, 0)": (lambda a, b: balls.root(a, False), lambda a, b: root_of(max(a, F(0)))),
    "−a": (lambda a, b: balls.negate(a), lambda a, b: -a),
    "|a|": (lambda a, b: balls.absolute(a), lambda a, b: abs(a)),
    "sign(a)": (lambda a, b: balls.sign(a), lambda a, b: sign(a)),
}


@pytest.mark.parametrize("exact", [(False, False), (True, False), (False, True)], ids=["both", "b", "a"])
@pytest.mark.parametrize("double", [True, False], ids=["double-double", "float64"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_encloses(
    name: str, double: bool, exact: tuple[bool, bool], random: torch.Generator
) -> None:
    operation, truth = OPERATIONS[name]
    a, b = ball(random, double, exact[0]), ball(random, double, exact[1])
    result = operation(a, b)
    decided = torch.isfinite(torch.as_tensor(result.radius)).expand(N)
    assert decided.any()
    for pa, pb in zip(points(a), points(b)[::-1], strict=True):
        for lane in decided.nonzero().flatten().tolist():
            value = truth(pa[lane], pb[lane])
            assert encloses(result, lane, value, abs(pa[lane]) + abs(pb[lane]) + abs(value)), (name, lane)


def test_there_is_no_verdict_where_a_denominator_may_be_zero() -> None:
    one = Ball((torch.ones(4, dtype=torch.float64), None))
    below = Ball(
        (torch.tensor([2.0, 2.0, 0.0, -2.0], dtype=torch.float64), None), torch.tensor([1.0, 2.0, 0.0, 3.0])
    )
    assert torch.isfinite(torch.as_tensor(balls.divide(one, below).radius)).tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_there_is_no_verdict_on_the_root_of_what_may_be_negative() -> None:
    a = Ball(
        (torch.tensor([4.0, 1.0, 0.0, 1.0], dtype=torch.float64), None), torch.tensor([1.0, 2.0, 0.0, 1.0])
    )
    known = torch.as_tensor(balls.root(a, may_be_negative=False).radius)
    unknown = torch.as_tensor(balls.root(a, may_be_negative=True).radius)
    assert torch.isfinite(known).all()
    assert torch.isfinite(unknown).tolist() == [True, False, True, True]
    assert known[2] == 0.0


def test_the_sign_of_what_may_be_zero_is_any_sign() -> None:
    a = Ball(
        (torch.tensor([1.0, 1.0, -1.0, 0.0, 0.0], dtype=torch.float64), None),
        torch.tensor([0.5, 1.0, 2.0, 0.0, 1.0]),
    )
    signs = balls.sign(a)
    assert torch.as_tensor(signs.mid).tolist() == [1, 1, -1, 0, 0]
    assert torch.as_tensor(signs.radius).tolist() == [0, 2, 2, 0, 1]


def test_an_exact_ball_has_the_constant_radius() -> None:
    assert balls.is_exact(balls.exact(torch.ones(3, dtype=torch.bfloat16), double=True))
    assert not balls.is_exact(Ball((torch.ones(3), None), torch.zeros(3)))


# ------------------------------------------------------------------------------------------------------------- overflow
@pytest.mark.parametrize("dtype", FORMATS, ids=lambda d: str(d).removeprefix("torch."))
def test_there_is_no_verdict_where_an_intermediate_may_overflow(dtype: torch.dtype) -> None:
    """g is finite and so is Adam's step, but g² may overflow; where g² is far below the largest number it may not."""
    rule, largest = find_rule("adam"), FORMATS[dtype].largest
    oracle = Oracle(rule, FORMATS[dtype])
    gradient = torch.tensor(
        [largest / 2, 2.0 * largest**0.5, 0.25 * largest**0.5, 1.0], dtype=torch.float64
    ).to(dtype)
    start = oracle.start(torch.zeros(4, dtype=dtype))
    after = oracle.step(start, gradient, {s: float(h) for s, h in rule.defaults.items()})
    assert torch.isfinite(torch.as_tensor(after.x.radius)).tolist() == [False, False, True, True]


@pytest.mark.parametrize("dtype", FORMATS, ids=lambda d: str(d).removeprefix("torch."))
def test_a_step_in_place_leaves_the_oracles_first_state_alone(dtype: torch.dtype) -> None:
    p = torch.ones(3, dtype=dtype)
    start = Oracle(find_rule("adam"), FORMATS[dtype]).start(p)
    p.add_(1.0)
    assert torch.as_tensor(start.x.mid).tolist() == [1.0, 1.0, 1.0]
