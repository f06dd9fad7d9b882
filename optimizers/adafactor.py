"""Adafactor: adaptive rates with a factored second moment."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT
from lawful.optimizers._bucket import State, value


class Adafactor(ForeachOptimizer):
    """x ← x·(1 − lr·wd) − α·u/max(1, rms(u)/d) with u = g/√max(v̂, eps₁²), α = max(eps₂, rms(x))·min(lr, 1/√t).

    v̂ is R·C/max(mean(R), eps₁) of the row and column means of g² for tensors of two dimensions and more, v
    itself for others, each an average of weight t^beta2_decay for the present. eps₁ = None is the epsilon of each
    parameter's dtype. The state `row_var` has size 1 in the last dimension, `col_var` in the last but one.

    Source: arXiv 1804.04235, algorithm 4, in the form of torch.optim.Adafactor. Raises ValueError if lr, eps or
    weight_decay is negative, beta2_decay is positive, or d is below 1.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            beta2_decay=beta2_decay,
            eps=eps,
            d=d,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """As every optimizer; eps holds two numbers, the first of which may be None."""
        eps1, eps2 = group["eps"]
        for eps in (0.0 if eps1 is None else eps1, eps2):
            super().validate({**group, "eps": eps})
        if not group["beta2_decay"] <= 0:
            raise ValueError(f"beta2_decay must be a number <= 0, got {group['beta2_decay']!r}")
        if not group["d"] >= 1:
            raise ValueError(f"d must be a number >= 1, got {group['d']!r}")

    def update(self, b: Bucket, h: Hyper) -> None:
        """Algorithm 4, the body of the loop."""
        rate, weight = min(h.lr, b.step**-0.5), b.step**h.beta2_decay
        scales = [max(h.eps[1], rms(p)) for p in b.params]  # of the old weight
        b.shrink(h.lr * h.weight_decay)
        for scale, (p, g, state) in zip(scales, b.each(), strict=True):
            eps1 = torch.finfo(p.dtype).eps if h.eps[0] is None else h.eps[0]
            second = second_moment(g, state, weight, eps1)
            u = g / second.clamp(min=eps1**2).sqrt()
            p.add_(u, alpha=-scale * rate / max(1.0, rms(u) / h.d))


def rms(tensor: Tensor) -> float:
    """The root mean square of all elements; 0 where there is none."""
    return value(torch.linalg.vector_norm(tensor)) / math.sqrt(max(tensor.numel(), 1))


def second_moment(g: Tensor, state: State, weight: float, eps1: float) -> Tensor:
    """The average of g², or its estimate from averages of its row and column means."""
    if g.ndim < 2:
        return averaged(state, "variance", g * g, weight)
    rows = averaged(state, "row_var", (g * g).mean(-1, keepdim=True), weight)
    cols = averaged(state, "col_var", (g * g).mean(-2, keepdim=True), weight)
    return rows * cols / rows.mean(-2, keepdim=True).clamp(min=eps1)


def averaged(state: State, name: str, new: Tensor, weight: float) -> Tensor:
    """The state `name`, moved towards `new` by `weight`; zeros at first."""
    if name not in state:
        state[name] = torch.zeros_like(new)
    average: Tensor = state[name].lerp_(new, weight)
    return average
