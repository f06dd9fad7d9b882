"""Exponentials, powers and arctangents: centres are what mpmath says, balls hold what they should, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import torch
from sympy import Rational, Symbol, atan2, exp

from lawful.verify.oracle import balls, elementary
from lawful.verify.oracle.balls import Ball, Centre
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.kinds.functions import Power  # noqa: F401  # what it registers is used below
from lawful.verify.oracle.step import Step

N = 200
a, b = Symbol("a", real=True), Symbol("b", nonnegative=True)
precise = mpmath.MPContext()
precise.prec = 220

FUNCTIONS: dict[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "exp(−a²)": (exp(-(a**2)), lambda a, b: precise.exp(-(a**2))),
    "∛b": (b ** Rational(1, 3), lambda a, b: precise.cbrt(b)),
    "b^1.7": (b ** Rational(17, 10), lambda a, b: b ** (precise.mpf(17) / 10)),
    "atan2(a, b)": (atan2(a, b), lambda a, b: precise.atan2(a, b)),
}


def numbers(seed: int, least: float = -3.0, most: float = 2.0) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    scale = least + (most - least) * torch.rand(N, generator=random, dtype=torch.float64)
    return torch.randn(N, generator=random, dtype=torch.float64) * 10.0**scale


def exact(centre: Centre, lane: int) -> Any:
    return sum(precise.mpf(float(torch.as_tensor(part)[lane])) for part in centre if part is not None)


def value(name: str, dtype: torch.dtype, first: Ball, second: Ball) -> Ball:
    expr = FUNCTIONS[name][0]
    step = Step({}, {a: first, b: second}, FORMATS[dtype])
    return Compiler(frozenset({a, b}), frozenset()).node(expr)(step)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_centre_is_what_mpmath_says(name: str) -> None:
    """To 2⁻⁹⁰ in double-double, of which the budget of float64 is 2⁻⁵²."""
    first, second = balls.exact(numbers(1), True), balls.exact(numbers(2).abs(), True)
    found = value(name, torch.float64, first, second)
    for lane in range(N):
        truth = FUNCTIONS[name][1](exact(first.centre, lane), exact(second.centre, lane))
        assert abs(exact(found.centre, lane) - truth) <= abs(truth) * 2.0**-90 + 1e-300


def test_a_constant_of_fewer_bits_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elementary, "LN2", (elementary.LN2[0], 0.0))
    with pytest.raises(AssertionError):
        test_a_centre_is_what_mpmath_says("exp(−a²)")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_ball_holds_the_values_of_what_is_in_the_balls_it_is_made_of(name: str, dtype: torch.dtype) -> None:
    double = FORMATS[dtype].exact_centre
    mids = balls.exact(numbers(3), double), balls.exact(numbers(4).abs() + 1e-4, double)
    reach = 0.9 * 10.0 ** numbers(5, 0.0, 0.0).clamp(-4, 0)
    first, second = (m.widened(m.size() * reach) for m in mids)
    found = value(name, dtype, first, second)
    for lane in range(N):
        for way in (-1.0, 0.3, 1.0):
            at = [exact(ball.centre, lane) + way * float(ball.radius[lane]) for ball in (first, second)]  # type: ignore[index]
            truth = FUNCTIONS[name][1](*at)
            off = float(abs(exact(found.centre, lane) - truth))
            assert off <= float(torch.as_tensor(found.radius)[lane]) * (1 + 1e-9), (lane, way)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_ball_of_one_number_is_as_wide_as_a_few_roundings(name: str) -> None:
    """Of b^1.7 also of its exponent's cast, which costs as much as the logarithm of the value is large."""
    first, second = (
        balls.exact(numbers(6, 0.0, 0.0), False),
        balls.exact(numbers(7, 0.0, 0.0).abs() + 0.1, False),
    )
    found = value(name, torch.float32, first, second)
    assert bool((torch.as_tensor(found.radius) <= 16 * 2.0**-24 * found.magnitude()).all())
    assert bool((torch.as_tensor(found.radius) >= 2.0**-24 * found.magnitude()).all())
