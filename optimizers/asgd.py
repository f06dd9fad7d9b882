"""ASGD: SGD whose iterates are averaged."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class ASGD(ForeachOptimizer):
    """ASGD with L2 in the form of torch.optim.ASGD; `state[p]["ax"]` is the average of the iterates after `t0`.

    The rate of a step is lr / (1 + lambd·lr·t)^alpha of the step before, lr at first; every step also decays by lambd.

    Source: Polyak & Juditsky, SIAM J. Control Optim. 30 (1992). Raises ValueError if an argument is negative, or alpha
    is not below 1.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            lambd=lambd,
            alpha=alpha,
            t0=t0,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """A step of gradient descent, its share in the average, and the next step's rate and share."""
        b.add_l2(h.weight_decay)
        average, eta, mu = b.state("ax"), b.number("eta", h.lr), b.number("mu", 1.0)
        b.shrink(h.lambd * eta)
        torch._foreach_add_(b.params, b.grads, alpha=-eta)
        torch._foreach_lerp_(average, b.params, mu)
        b.keep("eta", h.lr / (1 + h.lambd * h.lr * b.step) ** h.alpha)
        b.keep("mu", 1 / max(1, b.step - h.t0))
