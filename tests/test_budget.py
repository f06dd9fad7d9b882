"""The budget admits every evaluation order that it says it admits: no implementation here ever leaves it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from sympy import Symbol
from torch import Tensor

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import (
    alpha,
    b,
    beta1,
    beta2,
    dampening,
    eps,
    g_avg,
    lr,
    m,
    momentum,
    v,
    weight_decay,
    x,
)  # fmt: skip
from lawful.verify.oracle.formats import FORMATS

DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
Hyper = dict[Symbol, float]
Values = dict[Symbol, Tensor]
Step = Callable[[Values, Tensor, int, Hyper], Values]

SCALES = {
    torch.float64: [(-3.0, 3.0), (-10.0, -5.0), (-100.0, 100.0), (-170.0, -140.0)],
    torch.float32: [(-3.0, 3.0), (-10.0, -5.0), (-30.0, 30.0), (-24.0, -17.0)],
    torch.bfloat16: [(-3.0, 3.0), (-10.0, -5.0), (-30.0, 30.0), (-24.0, -17.0)],
    torch.float16: [(-2.0, 1.0), (-4.0, -1.0), (-8.0, 4.0), (-5.0, -3.0)],
}
"""Ordinary, around eps, over the format's whole range, and where squares are subnormal."""

HYPER: list[Hyper] = [
    {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01},
    {lr: 0.3, beta1: 0.3, beta2: 0.9, eps: 1e-3, weight_decay: 0.7},
    {lr: 1e-5, beta1: 0.99, beta2: 0.3, eps: 1e-15, weight_decay: 0.1},
    {lr: 0.05, beta1: 0.0, beta2: 0.9999, eps: 0.0, weight_decay: 0.0},
]


def cases() -> Iterator[Any]:
    """Every format on every kind of scale, each with other hyperparameters."""
    for dtype in DTYPES:
        for scales, hyper in zip(SCALES[dtype], HYPER, strict=True):
            yield pytest.param(
                dtype, scales, hyper, id=f"{str(dtype).removeprefix('torch.')}-1e{scales[0]:g}"
            )


everywhere = pytest.mark.parametrize(("dtype", "scales", "hyper"), list(cases()))


def cast(value: float, like: Tensor) -> Tensor:
    return torch.tensor(value, dtype=like.dtype)


def with_l2(g: Tensor, s: Values, h: Hyper) -> Tensor:
    return g + h[weight_decay] * s[x] if h[weight_decay] else g


# ------------------------------------------------------------------------------------------------------ Adam and AdamW
AVERAGES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "m + w·(g − m)": lambda m, g, β: torch.lerp(m, g, 1 - β),
    "m or g, from the nearer end": lambda m, g, β: torch.lerp(g, m, β),
    "β·m + w·g": lambda m, g, β: β * m + (1 - β) * g,
    "β·m + w·g, β and w cast": lambda m, g, β: cast(β, m) * m + cast(1 - β, m) * g,
}
SQUARES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "β·v + (w·g)·g": lambda v, g, β: β * v + ((1 - β) * g) * g,
    "β·v + w·(g·g), β and w cast": lambda v, g, β: cast(β, v) * v + cast(1 - β, v) * (g * g),
    "v + w·(g·g − v)": lambda v, g, β: torch.lerp(v, g * g, 1 - β),
}
Update = Callable[[Tensor, Tensor, float, float, Hyper], Tensor]
UPDATES: dict[str, Update] = {
    "√v/√c2 + eps": lambda m, v, c1, c2, h: (h[lr] / c1) * m / (v.sqrt() / math.sqrt(c2) + h[eps]),
    "√(v/c2) + eps": lambda m, v, c1, c2, h: h[lr] * ((m / c1) / ((v / c2).sqrt() + h[eps])),
    "eps·√c2": lambda m, v, c1, c2, h: (h[lr] * math.sqrt(c2) / c1) * m / (v.sqrt() + h[eps] * math.sqrt(c2)),
    "lr in the denominator": lambda m, v, c1, c2, h: (
        m / (v.sqrt() / (math.sqrt(c2) * h[lr] / c1) + h[eps] / (h[lr] / c1))
    ),
    "m̂ and v̂, all scalars cast": lambda m, v, c1, c2, h: (
        cast(h[lr], m) * (m / cast(c1, m)) / ((v / cast(c2, v)).sqrt() + cast(h[eps], v))
    ),
    "reciprocal": lambda m, v, c1, c2, h: (h[lr] / c1) * (m * (1 / (v.sqrt() / math.sqrt(c2) + h[eps]))),
}
DECAYS: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "x·(1 − a) − u": lambda x, u, a: x * (1 - a) - u,
    "(x − u) − a·x": lambda x, u, a: (x - u) - a * x,
    "(x − a·x) − u": lambda x, u, a: (x - a * x) - u,
    "x − (a·x + u)": lambda x, u, a: x - (a * x + u),
}


def adamw(average: str, square: str, update: str, decay: str = "") -> Step:
    """AdamW in one order; Adam with L2 where no decay is given."""

    def step(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        g = with_l2(g, s, h) if not decay else g
        first, second = AVERAGES[average](s[m], g, h[beta1]), SQUARES[square](s[v], g, h[beta2])
        u = UPDATES[update](first, second, 1 - h[beta1] ** t, 1 - h[beta2] ** t, h)
        moved = DECAYS[decay](s[x], u, h[lr] * h[weight_decay]) if decay else s[x] - u
        return {x: moved, m: first, v: second}

    return step


def running_products() -> Step:
    """AdamW with β^t kept as a product from step to step."""
    product = {beta1: 1.0, beta2: 1.0}

    def step(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        for beta in product:
            product[beta] *= h[beta]
        first, second = AVERAGES["β·m + w·g"](s[m], g, h[beta1]), SQUARES["β·v + (w·g)·g"](s[v], g, h[beta2])
        u = UPDATES["√v/√c2 + eps"](first, second, 1 - product[beta1], 1 - product[beta2], h)
        return {x: s[x] * (1 - h[lr] * h[weight_decay]) - u, m: first, v: second}

    return step


@pytest.mark.parametrize("hyper", [HYPER[0], HYPER[3]], ids=["beta2=0.999", "beta2=0.9999"])
def test_running_products(hyper: Hyper, bench: Any, lanes: Any) -> None:
    drawn = lanes(torch.float64, count=31, steps=200, start=None)
    assert bench(find_rule("adamw"), hyper, drawn).compare(running_products()).worst <= 1.0


@everywhere
def test_adamw_in_every_order(dtype: torch.dtype, scales: Any, hyper: Hyper, bench: Any, lanes: Any) -> None:
    orders = [adamw(*names) for names in itertools.product(AVERAGES, SQUARES, UPDATES, DECAYS)]
    assert len(orders) == 4 * 3 * 6 * 4
    seen = bench(find_rule("adamw"), hyper, lanes(dtype, scales)).compare(*orders)
    assert seen.worst <= 1.0
    assert 0.05 < seen.state.worst


def test_second_moments_that_are_subnormal(bench: Any, lanes: Any) -> None:
    """In float64 the centre underflows where the implementation does."""
    orders = [
        adamw(average, square, "√v/√c2 + eps", "x·(1 − a) − u") for average in AVERAGES for square in SQUARES
    ]
    drawn = lanes(torch.float64, (-158.0, -154.0), count=500, steps=12)
    assert bench(find_rule("adamw"), HYPER[3], drawn).compare(*orders).worst <= 1.0


@everywhere
def test_adam_with_l2_in_every_order(
    dtype: torch.dtype, scales: Any, hyper: Hyper, bench: Any, lanes: Any
) -> None:
    orders = [adamw(*names) for names in itertools.product(AVERAGES, SQUARES, UPDATES)]
    seen = bench(find_rule("adam"), hyper, lanes(dtype, scales)).compare(*orders)
    assert seen.worst <= 1.0
    assert 0.05 < seen.state.worst


# ------------------------------------------------------------------------------------------------- SGD, RMSprop, others
SGD_HYPER = [
    {lr: 1e-3, momentum: 0.9, dampening: 0.0, weight_decay: 0.01},
    {lr: 0.3, momentum: 0.5, dampening: 0.0, weight_decay: 0.7},
    {lr: 1e-5, momentum: 0.99, dampening: 0.0, weight_decay: 0.1},
    {lr: 1.0, momentum: 0.1, dampening: 0.0, weight_decay: 0.0},
]


def momentum_after(s: Values, g: Tensor, t: int, h: Hyper) -> Tensor:
    return g.clone() if t == 1 else s[b] * h[momentum] + (1 - h[dampening]) * g


def sgd(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
    buffer = momentum_after(s, with_l2(g, s, h), t, h)
    return {x: s[x] - h[lr] * buffer, b: buffer}


def sgd_decay_as_a_factor(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
    """Without momentum: x·(1 − lr·wd) − lr·g."""
    return {x: s[x] * (1 - h[lr] * h[weight_decay]) - h[lr] * g, b: g}


def sgd_decay_as_a_difference(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
    return {x: s[x] - (h[lr] * g + (h[lr] * h[weight_decay]) * s[x]), b: g}


def nesterov(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
    g = with_l2(g, s, h)
    buffer = momentum_after(s, g, t, h)
    return {x: s[x] - h[lr] * (g + h[momentum] * buffer), b: buffer}


def nesterov_apart(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
    g = with_l2(g, s, h)
    buffer = momentum_after(s, g, t, h)
    return {x: (s[x] - h[lr] * g) - (h[lr] * h[momentum]) * buffer, b: buffer}


def test_sgd(bench: Any, lanes: Any) -> None:
    for dtype in DTYPES:
        for scales, hyper in zip(SCALES[dtype], SGD_HYPER, strict=True):
            drawn = lanes(dtype, scales)
            damped, still = {**hyper, dampening: 0.3}, {**hyper, momentum: 0.0}
            plain = (
                lambda s, g, t, h: {**sgd({**s}, g, 1, h), b: g},
                sgd_decay_as_a_factor,
                sgd_decay_as_a_difference,
            )
            assert bench(find_rule("sgd"), damped, drawn).compare(sgd).worst <= 1.0
            assert bench(find_rule("sgd"), still, drawn).compare(*plain).worst <= 1.0
            assert (
                bench(find_rule("sgd(nesterov=True)"), hyper, drawn).compare(nesterov, nesterov_apart).worst
                <= 1.0
            )


def rmsprop(square: str, folded: bool, centered: bool) -> Step:
    """lr in the buffer's use, or multiplied last; the centred variance as a difference."""

    def step(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        g = with_l2(g, s, h)
        result = {v: SQUARES[square](s[v], g, h[alpha])}
        second = result[v]
        if centered:
            result[g_avg] = torch.lerp(s[g_avg], g, 1 - h[alpha])
            second = second - result[g_avg] * result[g_avg]
        ratio = g / (second.sqrt() + h[eps]) if folded else g * (1 / (second.sqrt() + h[eps]))
        result[b] = h[momentum] * s[b] + ratio
        return {x: s[x] - h[lr] * result[b], **result}

    return step


@pytest.mark.parametrize("centered", [False, True])
def test_rmsprop(centered: bool, bench: Any, lanes: Any) -> None:
    orders = [rmsprop(square, folded, centered) for square in SQUARES for folded in (True, False)]
    for dtype in DTYPES:
        for scales, hyper in zip(SCALES[dtype], HYPER, strict=True):
            rule = find_rule(f"rmsprop(centered={centered})")
            mine = {**hyper, alpha: hyper[beta2], momentum: hyper[beta1]}
            assert bench(rule, mine, lanes(dtype, scales)).compare(*orders).worst <= 1.0


def adopt(average: str, square: str, divide: bool) -> Step:
    def step(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        g = with_l2(g, s, h)
        if t == 1:
            return {x: s[x], m: s[m], v: g * g}
        root = torch.clamp_min(s[v].sqrt(), h[eps])
        bound = (t - 1) ** 0.25
        first = AVERAGES[average](
            s[m], (g / root if divide else g * (1 / root)).clamp(-bound, bound), h[beta1]
        )
        return {x: s[x] - h[lr] * first, m: first, v: SQUARES[square](s[v], g, h[beta2])}

    return step


def test_adopt(bench: Any, lanes: Any) -> None:
    orders = [adopt(*names) for names in itertools.product(AVERAGES, SQUARES, (True, False))]
    for dtype in DTYPES:
        for scales, hyper in zip(SCALES[dtype], HYPER, strict=True):
            if hyper[eps] >= FORMATS[dtype].tiny:
                assert bench(find_rule("adopt"), hyper, lanes(dtype, scales)).compare(*orders).worst <= 1.0


def lion(average: str, kept: str, decay: str) -> Step:
    def step(s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        u = h[lr] * torch.sign(AVERAGES[average](s[m], g, h[beta1]))
        return {x: DECAYS[decay](s[x], u, h[lr] * h[weight_decay]), m: AVERAGES[kept](s[m], g, h[beta2])}

    return step


def test_lion(bench: Any, lanes: Any) -> None:
    orders = [lion(*names) for names in itertools.product(AVERAGES, AVERAGES, DECAYS)]
    for dtype in DTYPES:
        for scales, hyper in zip(SCALES[dtype], HYPER, strict=True):
            assert bench(find_rule("lion"), hyper, lanes(dtype, scales)).compare(*orders).worst <= 1.0


@pytest.mark.parametrize("first", [0.0, 0.3])
def test_an_interpolation_loses_as_much_where_nothing_is_averaged(
    first: float, bench: Any, lanes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """m + 1·(g − m) is g but for what a large m takes from it."""
    monkeypatch.setitem(AVERAGES, "step by step", lambda m, g, β: m + (1 - β) * (g - m))
    order, hyper = lion("step by step", "β·m + w·g", "x·(1 − a) − u"), {**HYPER[1], beta1: first}
    for dtype in DTYPES:
        assert bench(find_rule("lion"), hyper, lanes(dtype, SCALES[dtype][1])).compare(order).worst <= 1.0
