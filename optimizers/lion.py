"""Lion: evolved sign momentum."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lawful.optimizers import _fused
from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Lion(ForeachOptimizer):
    """x ← x − lr·(sign(β1·m + (1 − β1)·g) + wd·x), then m ← β2·m + (1 − β2)·g.

    Source: arXiv 2302.06675, algorithm 2. Raises ValueError if lr or weight_decay is negative, or a beta is
    outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        fused: bool = False,
    ) -> None:
        """See the class; `fused` updates in one pass over memory, on a GPU."""
        super().__init__(
            params, lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize, fused=fused
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """Algorithm 2, the body of the loop."""
        beta1, beta2 = h.betas
        m = b.state("exp_avg")
        b.shrink(h.lr * h.weight_decay)
        direction = torch._foreach_lerp(m, b.grads, 1 - beta1)  # c_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_sign_(direction)
        torch._foreach_add_(b.params, direction, alpha=-h.lr)
        torch._foreach_lerp_(m, b.grads, 1 - beta2)  # m_t = β2 m_{t−1} + (1 − β2) g

    def fuse(self, b: Bucket, h: Hyper) -> None:
        """`update`, element by element."""
        beta1, beta2 = h.betas
        numbers = 1 - h.lr * h.weight_decay, beta1, 1 - beta1, beta2, 1 - beta2, h.lr
        _fused.update(element, [b.stored, b.state("exp_avg")], b.given, *numbers)


def element(x: Tensor, g: Tensor, state: list[Tensor], numbers: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """One element: the new parameter and momentum."""
    (m,) = state
    keep, beta1, rest1, beta2, rest2, lr = numbers
    return x * keep - lr * torch.sign(beta1 * m + rest1 * g), beta2 * m + rest2 * g
