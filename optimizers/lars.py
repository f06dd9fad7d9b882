"""LARS: layer-wise adaptive rate scaling."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class LARS(ForeachOptimizer):
    """v ← momentum·v + lr·r·(g + wd·x), x ← x − v, with r = trust_coefficient·‖x‖/(‖g‖ + wd·‖x‖) for each tensor.

    r is 1 where a norm is 0. Source: arXiv 1708.03888, algorithm 1. Raises ValueError if a hyperparameter is
    negative.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        trust_coefficient: float = 1e-3,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            trust_coefficient=trust_coefficient,
            maximize=maximize,
        )

    def validate(self, group: dict[str, object]) -> None:
        """As every optimizer, and trust_coefficient > 0."""
        super().validate(group)
        coefficient = group["trust_coefficient"]
        if not isinstance(coefficient, float | int) or not coefficient > 0:
            raise ValueError(f"trust_coefficient must be a number > 0, got {coefficient!r}")

    def update(self, b: Bucket, h: Hyper) -> None:
        """Algorithm 1, the body of the loop."""
        weights, slopes = (b.norms(t) for t in (b.params, b.grads))
        local = h.trust_coefficient * weights / (slopes + h.weight_decay * weights)
        rates = h.lr * torch.where((weights > 0) & (slopes > 0), local, 1.0)
        b.add_l2(h.weight_decay)
        velocity = b.state("momentum_buffer")
        torch._foreach_mul_(velocity, h.momentum)
        for v, g, rate in zip(velocity, b.grads, rates.tolist(), strict=True):
            v.add_(g, alpha=rate)
        torch._foreach_sub_(b.params, velocity)
