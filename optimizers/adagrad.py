"""Adagrad: the gradient divided by the root of the sum of all its squares."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Adagrad(ForeachOptimizer):
    """Adagrad with L2 in the form of torch.optim.Adagrad: eps outside the root, a rate of lr / (1 + (t − 1)·lr_decay).

    The sum starts at `initial_accumulator_value`, of each group its own.

    Source: Duchi, Hazan & Singer, JMLR 12 (2011), figure 1. Raises ValueError if an argument is negative.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """The body of figure 1."""
        b.add_l2(h.weight_decay)
        total = b.state("sum", h.initial_accumulator_value)
        torch._foreach_addcmul_(total, b.grads, b.grads)  # v_t = v_{t−1} + g²
        root = torch._foreach_sqrt(total)
        torch._foreach_add_(root, h.eps)
        torch._foreach_addcdiv_(b.params, b.grads, root, -h.lr / (1 + (b.step - 1) * h.lr_decay))
