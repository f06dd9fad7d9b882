"""Adamax: Adam that divides by an exponentially weighted maximum."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Adamax(ForeachOptimizer):
    """Adamax with L2; eps is added to |g| under the maximum, as in torch.optim.Adamax.

    Source: arXiv 1412.6980, algorithm 2. Raises ValueError if lr, eps or weight_decay is negative, or a beta is
    outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """The body of algorithm 2."""
        b.add_l2(h.weight_decay)
        (beta1, beta2), m, u = h.betas, b.state("exp_avg"), b.state("exp_inf")
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        size = torch._foreach_abs(b.grads)
        torch._foreach_add_(size, h.eps)
        torch._foreach_mul_(u, beta2)
        torch._foreach_maximum_(u, size)  # u_t = max(β2 u_{t−1}, |g| + eps)
        torch._foreach_addcdiv_(b.params, m, u, -h.lr / (1 - beta1**b.step))
