"""LAMB: layer-wise adaptive moments."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class LAMB(ForeachOptimizer):
    """x ← x − lr·(‖x‖/‖u‖)·u with u = m̂/(√v̂ + eps) + wd·x for each tensor.

    The ratio is 1 where a norm is 0. Source: arXiv 1904.00962v5, algorithm 2, φ the identity. Raises ValueError
    if lr, eps or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)

    def update(self, b: Bucket, h: Hyper) -> None:
        """Adam's direction, made as long as the weight."""
        (beta1, beta2), t = h.betas, b.step
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²
        denominator = torch._foreach_sqrt(v)
        torch._foreach_div_(denominator, (1 - beta2**t) ** 0.5)
        torch._foreach_add_(denominator, h.eps)
        direction = torch._foreach_div(m, 1 - beta1**t)
        torch._foreach_div_(direction, denominator)
        torch._foreach_add_(direction, b.params, alpha=h.weight_decay)  # m̂ / (√v̂ + eps) + wd x
        weights, updates = (b.norms(u) for u in (b.params, direction))
        ratio = torch.where((weights > 0) & (updates > 0), weights / updates, 1.0)
        torch._foreach_mul_(direction, list(ratio.unbind()))
        torch._foreach_add_(b.params, direction, alpha=-h.lr)
