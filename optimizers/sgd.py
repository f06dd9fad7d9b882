"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class SGD(ForeachOptimizer):
    """SGD with L2 regularisation and momentum in the form of torch.optim.SGD.

    With μ = momentum, τ = dampening: g ← g + wd·x, b_1 = g, b_t = μ·b + (1 − τ)·g, x ← x − lr·b;
    Nesterov steps along g + μ·b instead. lr stays outside the buffer b.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (ICML 2013),
    eq. 1-4, with lr moved out of the velocity. Raises ValueError if lr, momentum or weight_decay is negative,
    or if `nesterov` comes without momentum or with dampening.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """Refuse also Nesterov's form where it is not defined."""
        super().validate(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError(
                "nesterov needs momentum > 0 and dampening = 0, "
                f"got momentum={group['momentum']!r}, dampening={group['dampening']!r}"
            )

    def update(self, b: Bucket, h: Hyper) -> None:
        """L2, then the step."""
        b.add_l2(h.weight_decay)
        self.descend(b, h)

    def descend(self, b: Bucket, h: Hyper) -> None:
        """The step along the gradient or its momentum."""
        direction = b.grads
        if h.momentum:
            weight = 1 if b.lacks("momentum_buffer") else 1 - h.dampening  # the first gradient enters whole
            buffer = b.state("momentum_buffer")
            torch._foreach_mul_(buffer, h.momentum)
            torch._foreach_add_(buffer, b.grads, alpha=weight)  # b_t = μ b_{t−1} + (1 − τ) g
            direction = buffer
            if h.nesterov:
                direction = list(torch._foreach_add(b.grads, buffer, alpha=h.momentum))
        torch._foreach_add_(b.params, direction, alpha=-h.lr)
