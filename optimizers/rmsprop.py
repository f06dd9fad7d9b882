"""RMSprop: the gradient divided by the root of its running mean square."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class RMSprop(ForeachOptimizer):
    """RMSprop with L2, optionally centred and with momentum, in the form of torch.optim.RMSprop.

    v ← α·v + (1 − α)·g² from v = 0, eps outside the root, lr outside the momentum buffer. `centered` divides
    by the root of the variance v − ḡ².

    Source: Hinton, Coursera lecture 6e (2012); centred: arXiv 1308.0850, eq. 38-41, there with eps inside the
    root. Raises ValueError if lr, eps, weight_decay or momentum is negative, or alpha is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """L2, moments, then the step along g / (√v + eps) or its momentum."""
        b.add_l2(h.weight_decay)
        denominator = self.root(b, h)
        torch._foreach_add_(denominator, h.eps)
        if h.momentum:
            buffer = b.state("momentum_buffer")
            torch._foreach_mul_(buffer, h.momentum)
            torch._foreach_addcdiv_(buffer, b.grads, denominator)
            torch._foreach_add_(b.params, buffer, alpha=-h.lr)
        else:
            torch._foreach_addcdiv_(b.params, b.grads, denominator, -h.lr)

    def root(self, b: Bucket, h: Hyper) -> tuple[Tensor, ...]:
        """√v, or √(v − ḡ²) where centred, of the updated moments."""
        v = b.state("square_avg")
        torch._foreach_mul_(v, h.alpha)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - h.alpha)
        if not h.centered:
            return torch._foreach_sqrt(v)
        mean = b.state("grad_avg")
        torch._foreach_lerp_(mean, b.grads, 1 - h.alpha)
        variance = torch._foreach_addcmul(v, mean, mean, -1)
        torch._foreach_clamp_min_(variance, 0)  # v ≥ ḡ² by Jensen; rounding may say otherwise
        torch._foreach_sqrt_(variance)
        return variance
