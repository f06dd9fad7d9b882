"""Adam with a proximal step as weight decay."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, Hyper, ParamsT
from lawful.optimizers.adam import Adam


class AdamProx(Adam):
    """Adam's step, then the proximal operator of lr·(wd/2)·x²: x ← x / (1 + lr·wd).

    Source: arXiv 2202.00089, whose authors' code divides by 1 + wd·lr/lr₀, lr₀ the constructor's. Arguments and errors
    are Adam's.
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
        super().__init__(params, lr, betas, eps, weight_decay, maximize=maximize)

    def update(self, b: Bucket, h: Hyper) -> None:
        """The adaptive step, then the proximal one."""
        self.adapt(b, h)
        torch._foreach_div_(b.params, 1 + h.lr * h.weight_decay)
