"""CAME: Adafactor guided by confidence."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT
from lawful.optimizers._bucket import State
from lawful.optimizers.adafactor import averaged, rms


class CAME(ForeachOptimizer):
    """x ← x·(1 − lr·wd) − lr·m/√S, m the average of û = u/max(1, rms(u)/clip_threshold), u = g/√V.

    V and S are R·C/mean(R) of averages R and C of the row and column means, of g² + eps₁ for V and of (û − m)² + eps₂
    for S, for tensors of two dimensions and more; for others V is the average of g² + eps₁, and S is 1. States named
    `row` have size 1 in the last dimension, `col` in the last but one. 16-bit formats that cannot hold eps lose it.

    Source: arXiv 2307.02047, algorithm 2; the default of lr is that of the authors' example. Raises ValueError if lr,
    eps or weight_decay is negative, clip_threshold is not positive, or one of the three betas is outside [0, 1).
    """

    BETAS = 3

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-4,
        eps: tuple[float, float] = (1e-30, 1e-16),
        clip_threshold: float = 1.0,
        betas: tuple[float, float, float] = (0.9, 0.999, 0.9999),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            eps=eps,
            clip_threshold=clip_threshold,
            betas=betas,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """As every optimizer; eps holds two numbers."""
        eps1, eps2 = group["eps"]
        for eps in (eps1, eps2):
            super().validate({**group, "eps": eps})
        if not group["clip_threshold"] > 0:
            raise ValueError(f"clip_threshold must be a number > 0, got {group['clip_threshold']!r}")

    def update(self, b: Bucket, h: Hyper) -> None:
        """Algorithm 2, the body of the loop."""
        beta1, beta2, beta3 = h.betas
        b.shrink(h.lr * h.weight_decay)
        for m, (p, g, state) in zip(b.state("exp_avg"), b.each(), strict=True):
            u = g / estimate(g * g + h.eps[0], state, "exp_avg_sq", 1 - beta2).sqrt()
            u /= max(1.0, rms(u) / h.clip_threshold)
            m.lerp_(u, 1 - beta1)
            step = m
            if g.ndim >= 2:
                step = m / estimate((u - m) ** 2 + h.eps[1], state, "exp_avg_res", 1 - beta3).sqrt()
            p.add_(step, alpha=-h.lr)


def estimate(square: Tensor, state: State, name: str, weight: float) -> Tensor:
    """The average of `square`, or the matrix of rank one with the averages of its row and column means."""
    if square.ndim < 2:
        return averaged(state, name, square, weight)
    rows = averaged(state, f"{name}_row", square.mean(-1, keepdim=True), weight)
    cols = averaged(state, f"{name}_col", square.mean(-2, keepdim=True), weight)
    return rows / rows.mean(-2, keepdim=True) * cols  # rows·cols may underflow: both are no more than eps₁
