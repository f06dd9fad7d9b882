"""Muon: momentum made nearly orthogonal by Newton–Schulz."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


class Muon(ForeachOptimizer):
    """x ← x·(1 − lr·wd) − lr·r·NS(u) for matrices, u the average of the gradients, with Nesterov's look-ahead.

    NS is `ns_steps` times X ← a·X + (b·G + c·G²)·X, G = X·Xᵀ, from u/max(‖u‖, eps), in the parameter's precision
    (16-bit parameters: float32). r is √max(1, rows/cols), or 0.2·√max(rows, cols) for "match_rms_adamw".

    Source: Jordan et al. 2024, in the form of torch.optim.Muon, which iterates in bfloat16. Raises ValueError if a
    parameter is no matrix, or a hyperparameter is outside its domain.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = COEFFICIENTS,
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            weight_decay=weight_decay,
            momentum=momentum,
            nesterov=nesterov,
            ns_coefficients=ns_coefficients,
            eps=eps,
            ns_steps=ns_steps,
            adjust_lr_fn=adjust_lr_fn,
            maximize=maximize,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """As every optimizer; momentum < 1, and only matrices."""
        super().validate(group)
        if not group["momentum"] < 1:
            raise ValueError(f"momentum must be below 1, got {group['momentum']!r}")
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"adjust_lr_fn must be 'original' or 'match_rms_adamw', got {group['adjust_lr_fn']!r}"
            )

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """As every optimizer; raise ValueError if a parameter is no matrix."""
        super().add_param_group(param_group)
        for p in self.param_groups[-1]["params"]:
            if p.ndim != 2 or p.is_complex():
                raise ValueError(f"Muon is for real matrices, got a parameter of shape {tuple(p.shape)}")

    def update(self, b: Bucket, h: Hyper) -> None:
        """Average, look-ahead, iteration, step."""
        average = b.state("momentum_buffer")
        torch._foreach_lerp_(average, b.grads, 1 - h.momentum)
        ahead = torch._foreach_lerp(b.grads, average, h.momentum) if h.nesterov else average
        b.shrink(h.lr * h.weight_decay)
        for p, u in zip(b.params, ahead, strict=True):
            p.add_(orthogonalized(u, h), alpha=-h.lr * adjusted(p, h.adjust_lr_fn))


def orthogonalized(u: Tensor, h: Hyper) -> Tensor:
    """The iteration, on whichever side has the smaller square."""
    a, b, c = h.ns_coefficients
    matrix = u.to(torch.promote_types(u.dtype, torch.float32))
    matrix = matrix.T if u.shape[0] > u.shape[1] else matrix
    matrix = matrix / torch.linalg.matrix_norm(matrix).clamp(min=h.eps)
    for _ in range(h.ns_steps):
        gram = matrix @ matrix.T
        matrix = torch.addmm(matrix, torch.addmm(gram, gram, gram, beta=b, alpha=c), matrix, beta=a)
    return (matrix.T if u.shape[0] > u.shape[1] else matrix).to(u.dtype)


def adjusted(p: Tensor, how: str | None) -> float:
    """What the shape makes of the learning rate."""
    rows, cols = p.shape
    factor: float = 0.2 * max(rows, cols) ** 0.5 if how == "match_rms_adamw" else max(1, rows / cols) ** 0.5
    return factor
