"""Cautious AdamW: moves where the average and the gradient agree."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT
from lawful.optimizers._bucket import value


class CautiousAdamW(ForeachOptimizer):
    """AdamW whose update is multiplied by [m·g > 0]·n/(k + 1), where k of n lanes of a tensor agree.

    Source: arXiv 2411.16085, algorithm 2, with the scaling of the first released code. Raises ValueError if lr, eps or
    weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)

    def update(self, b: Bucket, h: Hyper) -> None:
        """Decay, then the masked step."""
        (beta1, beta2), t = h.betas, b.step
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        b.shrink(h.lr * h.weight_decay)
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²
        denominator = torch._foreach_sqrt(v)
        torch._foreach_div_(denominator, (1 - beta2**t) ** 0.5)
        torch._foreach_add_(denominator, h.eps)
        agreeing = torch._foreach_sign(m)  # sign(m_t)·g is positive where both agree, and does not underflow
        torch._foreach_mul_(agreeing, b.grads)
        torch._foreach_clamp_min_(agreeing, 0.0)
        torch._foreach_sign_(agreeing)
        scales = [mask.numel() / (value(torch.count_nonzero(mask)) + 1) for mask in agreeing]
        torch._foreach_mul_(agreeing, m)
        rate = -h.lr / (1 - beta1**t)
        torch._foreach_addcdiv_(b.params, agreeing, denominator, [rate * scale for scale in scales])
