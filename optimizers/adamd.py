"""AdamD: Adam with a decay that stays out of the moments and is divided as the step is."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, Hyper, ParamsT
from lawful.optimizers.adam import Adam


class AdamD(Adam):
    """x ← x − lr·(m̂ + wd·x) / (√v̂ + eps), with moments of the gradient alone.

    Source: derived from the abstract of arXiv 2310.08858, with Adam's eps and bias corrections. Arguments and errors
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
        """The adaptive step, with the decay's share of it."""
        m, v = self.moments(b, h)
        scale = self.scale(b, h, v)
        decay = torch._foreach_mul(b.params, -h.lr * h.weight_decay)  # of the old weight
        self.descend(b, h, m, scale)
        torch._foreach_addcdiv_(b.params, decay, scale)
