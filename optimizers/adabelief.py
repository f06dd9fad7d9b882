"""AdaBelief: Adam that divides by the gradient's deviation from its average."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class AdaBelief(ForeachOptimizer):
    """AdaBelief as its authors' code: eps joins the variance in every step, accumulates, and is added to its root.

    The rectification that their class has by default, and their experiments did without, is not here. `weight_decay`
    shrinks the old weight, x ← x·(1 − lr·wd), or is L2 without `weight_decouple`.

    Source: arXiv 2010.07468, algorithm 2. Raises ValueError if lr, eps or weight_decay is negative, or a beta is
    outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-16,
        weight_decay: float = 0.0,
        weight_decouple: bool = True,
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
            weight_decouple=weight_decouple,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """The body of algorithm 2."""
        if h.weight_decouple:
            b.shrink(h.lr * h.weight_decay)
        else:
            b.add_l2(h.weight_decay)
        (beta1, beta2), t = h.betas, b.step
        m, s = b.state("exp_avg"), b.state("exp_avg_var")
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        surprise = torch._foreach_sub(b.grads, m)
        torch._foreach_mul_(s, beta2)
        torch._foreach_addcmul_(s, surprise, surprise, 1 - beta2)
        torch._foreach_add_(s, h.eps)  # s_t = β2 s_{t−1} + (1 − β2) (g − m_t)² + eps
        denominator = torch._foreach_sqrt(s)
        torch._foreach_div_(denominator, (1 - beta2**t) ** 0.5)
        torch._foreach_add_(denominator, h.eps)  # √ŝ + eps
        torch._foreach_addcdiv_(b.params, m, denominator, -h.lr / (1 - beta1**t))
