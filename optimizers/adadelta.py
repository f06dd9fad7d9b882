"""Adadelta: steps in the units of the parameter."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Adadelta(ForeachOptimizer):
    """Adadelta with L2 in the form of torch.optim.Adadelta: lr scales a step that is averaged without it.

    Source: arXiv 1212.5701, algorithm 1. Raises ValueError if lr, eps or weight_decay is negative, or rho is outside
    [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            rho=rho,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """The body of algorithm 1."""
        b.add_l2(h.weight_decay)
        v, u = b.state("square_avg"), b.state("acc_delta")
        torch._foreach_mul_(v, h.rho)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - h.rho)  # v_t = ρ v_{t−1} + (1 − ρ) g²
        step = self.root(u, h.eps)
        torch._foreach_div_(step, self.root(v, h.eps))
        torch._foreach_mul_(step, b.grads)  # d = √(u + eps) / √(v + eps) · g
        torch._foreach_mul_(u, h.rho)
        torch._foreach_addcmul_(u, step, step, 1 - h.rho)  # u_t = ρ u_{t−1} + (1 − ρ) d²
        torch._foreach_add_(b.params, step, alpha=-h.lr)

    def root(self, squares: list[Tensor], eps: float) -> tuple[Tensor, ...]:
        """√(squares + eps)."""
        root = torch._foreach_add(squares, eps)
        torch._foreach_sqrt_(root)
        return root
