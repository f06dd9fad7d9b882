"""AdamS: Adam with stable weight decay."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT
from lawful.optimizers._bucket import value

Work = tuple[Bucket, Hyper]


class AdamS(ForeachOptimizer):
    """x ← x·(1 − lr·wd/√mean(v̂)) − lr·m̂/(√v̂ + eps), the mean over all parameters of all groups that have a gradient.

    Nothing decays as long as every gradient has been 0. Source: arXiv 2011.11152, algorithm 4. Raises ValueError if
    lr, eps or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-4,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)

    def update_all(self, work: Iterable[Work]) -> None:
        """The moments of all parameters, then the steps."""
        work = list(work)
        for b, h in work:
            average(b, h)
        root = math.sqrt(mean_of_second(work))
        for b, h in work:
            b.shrink(h.lr * h.weight_decay / root if root else 0.0)
            self.update(b, h)
            b.settle()

    def update(self, b: Bucket, h: Hyper) -> None:
        """Adam's step from the moments."""
        (beta1, beta2), t = h.betas, b.step
        denominator = torch._foreach_sqrt(b.state("exp_avg_sq"))
        torch._foreach_div_(denominator, (1 - beta2**t) ** 0.5)
        torch._foreach_add_(denominator, h.eps)  # √v̂ + eps
        torch._foreach_addcdiv_(b.params, b.state("exp_avg"), denominator, -h.lr / (1 - beta1**t))


def average(b: Bucket, h: Hyper) -> None:
    """Both moments, one step on."""
    (beta1, beta2), v = h.betas, b.state("exp_avg_sq")
    torch._foreach_lerp_(b.state("exp_avg"), b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
    torch._foreach_mul_(v, beta2)
    torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²


def mean_of_second(work: Sequence[Work]) -> float:
    """The mean of v̂ over all elements; sums of 16-bit numbers are taken in float32."""
    total, count = 0.0, 0
    for b, h in work:
        for v in b.state("exp_avg_sq"):
            wide = torch.promote_types(v.dtype, torch.float32)
            total += value(v.sum(dtype=wide)) / (1 - h.betas[1] ** b.step)
            count += v.numel()
    return total / max(count, 1)
