"""The budget refuses what is not the rule: every defect here leaves it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from sympy import Symbol
from torch import Tensor

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta1, beta2, eps, lr, m, v, v_max, weight_decay, x

Hyper = dict[Symbol, float]
Values = dict[Symbol, Tensor]

HYPER: Hyper = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01}
SCALES = (-8.0, 0.0)
"""Of the gradients, from eps on, where defects in eps show."""


@dataclass(frozen=True)
class AdamW:
    """AdamW in parts, each of which a defect may replace."""

    hyper: Callable[[Hyper], Hyper] = lambda h: h
    weights: Callable[[float, float], tuple[float, float]] = lambda b1, b2: (1 - b1, 1 - b2)
    average: Callable[[Tensor, Tensor, float, float], Tensor] = lambda m, g, b, w: m + w * (g - m)
    square: Callable[[Tensor, Tensor, float, float], Tensor] = lambda v, g, b, w: b * v + (w * g) * g
    count: Callable[[int], float] = lambda t: t
    corrections: Callable[[Hyper, float], tuple[float, float]] = lambda h, t: (
        1 - h[beta1] ** t,
        1 - h[beta2] ** t,
    )
    denominator: Callable[[Tensor, float, float], Tensor] = lambda v, c2, e: v.sqrt() / math.sqrt(c2) + e
    gradient: Callable[[Tensor, Tensor, Hyper], Tensor] = lambda g, x, h: g
    moved: Callable[[Tensor, Tensor, Hyper], Tensor] = lambda x, u, h: x * (1 - h[lr] * h[weight_decay]) - u
    scale: float = 1.0
    maximum: Callable[[Tensor, Tensor, float], Tensor] | None = None

    def __call__(self, s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        h = self.hyper(h)
        (w1, w2), (c1, c2) = self.weights(h[beta1], h[beta2]), self.corrections(h, self.count(t))
        g = self.gradient(g, s[x], h)
        after = {m: self.average(s[m], g, h[beta1], w1), v: self.square(s[v], g, h[beta2], w2)}
        second = after[v]
        if self.maximum is not None:
            second = after[v_max] = self.maximum(s[v_max], second, c2)
        update = (h[lr] * self.scale / c1) * after[m] / self.denominator(second, c2, h[eps])
        return {x: self.moved(s[x], update, h), **after}


def single(value: float) -> float:
    """The value rounded to float32."""
    return float(torch.tensor(value, dtype=torch.float32))


def single_power(base: float, t: float) -> float:
    return float(1 - torch.tensor(base, dtype=torch.float32) ** t)


def scaled(symbol: Symbol, factor: float) -> AdamW:
    return AdamW(hyper=lambda h: {**h, symbol: h[symbol] * factor})


def denominator(of: Callable[[Tensor, float, float], Tensor]) -> AdamW:
    return AdamW(denominator=of)


DEFECTS: dict[str, AdamW] = {
    "eps inside the root": denominator(lambda v, c2, e: (v / c2 + e).sqrt()),
    "eps² inside the root": denominator(lambda v, c2, e: (v / c2 + e * e).sqrt()),
    "eps before the correction": denominator(lambda v, c2, e: (v.sqrt() + e) / math.sqrt(c2)),
    "eps as a maximum": denominator(lambda v, c2, e: torch.clamp_min(v.sqrt() / math.sqrt(c2), e)),
    "no eps": denominator(lambda v, c2, e: v.sqrt() / math.sqrt(c2) + 1e-300),
    "eps too large by a tenth": scaled(eps, 1.1),
    "no root": denominator(lambda v, c2, e: v / c2 + e),
    "t + 1": AdamW(count=lambda t: t + 1),
    "t − 1": AdamW(count=lambda t: max(t - 1, 1)),
    "first moment not corrected": AdamW(corrections=lambda h, t: (1.0, 1 - h[beta2] ** t)),
    "second moment not corrected": AdamW(corrections=lambda h, t: (1 - h[beta1] ** t, 1.0)),
    "not corrected": AdamW(corrections=lambda h, t: (1.0, 1.0)),
    "corrected by the other beta": AdamW(corrections=lambda h, t: (1 - h[beta2] ** t, 1 - h[beta2] ** t)),
    "corrections in float32": AdamW(
        corrections=lambda h, t: (single_power(h[beta1], t), single_power(h[beta2], t))
    ),
    "betas swapped": AdamW(hyper=lambda h: {**h, beta1: h[beta2], beta2: h[beta1]}),
    "beta1·(1 − 1e-6)": scaled(beta1, 1 - 1e-6),
    "beta2·(1 − 1e-6)": scaled(beta2, 1 - 1e-6),
    "1 − β in float32": AdamW(weights=lambda b1, b2: (single(1 - single(b1)), single(1 - single(b2)))),
    "g − (g − m)·β": AdamW(average=lambda m, g, b, w: g - (g - m) * b),
    "β·m + g": AdamW(average=lambda m, g, b, w: b * m + g),
    "decay after the step": AdamW(moved=lambda x, u, h: (x - u) * (1 - h[lr] * h[weight_decay])),
    "decay without lr": AdamW(moved=lambda x, u, h: x * (1 - h[weight_decay]) - u),
    "growth instead of decay": AdamW(moved=lambda x, u, h: x * (1 + h[lr] * h[weight_decay]) - u),
    "no decay": AdamW(moved=lambda x, u, h: x - u),
    "L2": AdamW(gradient=lambda g, x, h: g + h[weight_decay] * x, moved=lambda x, u, h: x - u),
    **{f"lr·(1 + 1e{k})": AdamW(scale=1 + 10.0**k) for k in (-3, -5, -6, -8, -12)},
}
AMSGRAD = AdamW(maximum=lambda top, v, c2: torch.maximum(top, v))
CORRECTED = AdamW(
    maximum=lambda top, v, c2: torch.maximum(top, v / c2), denominator=lambda v, c2, e: v.sqrt() + e
)


@pytest.fixture
def worst(bench: Any, lanes: Any) -> Callable[..., float]:
    """The largest ratio of an implementation of AdamW over gradients of all scales, from x = 0 on."""

    def ratio(implementation: AdamW, dtype: torch.dtype, rule: str = "adamw") -> float:
        drawn = lanes(dtype, SCALES, steps=12, start=None)
        return float(bench(find_rule(rule), HYPER, drawn).compare(implementation).worst)

    return ratio


@pytest.fixture
def effect(lanes: Any) -> Callable[[AdamW], float]:
    """The largest change of the weight that a defect makes in float64, relative to the weight."""

    def relative(defect: AdamW) -> float:
        right, wrong = (
            followed(i, *lanes(torch.float64, SCALES, steps=12, start=None).drawn())
            for i in (AdamW(), defect)
        )
        return float(((wrong - right).abs() / right.abs().clamp_min(1e-30)).max())

    return relative


def followed(implementation: AdamW, x0: Tensor, gradients: Tensor) -> Tensor:
    """The weight after the last step."""
    s = {x: x0, m: torch.zeros_like(x0), v: torch.zeros_like(x0)}
    for t, g in enumerate(gradients, start=1):
        s = implementation(s, g, t, HYPER)
    return s[x]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_the_parts_make_the_rule(dtype: torch.dtype, worst: Callable[..., float]) -> None:
    assert 0.3 <= worst(AdamW(), dtype) <= 1.0
    assert worst(AMSGRAD, dtype, "adamw(amsgrad=True)") <= 1.0
    assert worst(CORRECTED, dtype, 'adamw(amsgrad="corrected")') <= 1.0


@pytest.mark.parametrize("name", DEFECTS)
def test_every_defect_is_refused(
    name: str, worst: Callable[..., float], effect: Callable[[AdamW], float]
) -> None:
    """In float64 whatever its size; in float32 where it changes the weight by about 1e-6 of itself or more."""
    assert worst(DEFECTS[name], torch.float64) > 1.0
    if effect(DEFECTS[name]) > 5e-7:
        assert worst(DEFECTS[name], torch.float32) > 1.0


def test_maxima_of_the_raw_and_of_the_corrected_moment_are_told_apart(worst: Callable[..., float]) -> None:
    for dtype in (torch.float64, torch.float32):
        assert worst(CORRECTED, dtype, "adamw(amsgrad=True)") > 1.0
        assert worst(AMSGRAD, dtype, 'adamw(amsgrad="corrected")') > 1.0
