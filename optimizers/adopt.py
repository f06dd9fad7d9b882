"""ADOPT: Adam that normalises before it averages, by the second moment of the past alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from lawful.optimizers import _fused
from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class ADOPT(ForeachOptimizer):
    """ADOPT as its authors released it, with the normalised gradient clipped to ±t^(1/4).

    The first call only sets v_0 = g_0²: it neither moves nor decays. Call t ≥ 1 divides by max(√v, eps) of
    the v before it. `weight_decay` is L2 or, with `decouple`, x ← x·(1 − lr·wd).

    Source: arXiv 2411.02853, whose first version is `clip=False`; the clip came with the authors' release of
    November 22, 2024. Raises ValueError if lr, eps or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.9999),
        eps: float = 1e-6,
        clip: bool = True,
        weight_decay: float = 0.0,
        decouple: bool = False,
        *,
        maximize: bool = False,
        fused: bool = False,
    ) -> None:
        """See the class; `fused` updates in one pass over memory, on a GPU."""
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            clip=clip,
            weight_decay=weight_decay,
            decouple=decouple,
            maximize=maximize,
            fused=fused,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """One call: t = b.step − 1 counts from 0, as algorithm 1 does."""
        (beta1, beta2), t = h.betas, b.step - 1
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        if not h.decouple:
            b.add_l2(h.weight_decay)
        if t == 0:
            torch._foreach_addcmul_(v, b.grads, b.grads)  # v_0 = g_0²
            return
        if h.decouple:
            b.shrink(h.lr * h.weight_decay)
        torch._foreach_lerp_(m, self.normalised(b, h, v, t), 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) c_t
        torch._foreach_add_(b.params, m, alpha=-h.lr)  # x −= lr m_t
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²

    def normalised(self, b: Bucket, h: Hyper, v: list[Tensor], t: int) -> tuple[Tensor, ...]:
        """c_t = clip(g / max(√v_{t−1}, eps), ±t^(1/4))."""
        root = torch._foreach_sqrt(v)
        torch._foreach_clamp_min_(root, h.eps)
        c = torch._foreach_div(b.grads, root)
        if h.clip:
            torch._foreach_clamp_min_(c, -(t**0.25))
            torch._foreach_clamp_max_(c, t**0.25)
        return c

    def fuse(self, b: Bucket, h: Hyper) -> None:
        """`update`, element by element; the first call needs no speed."""
        if (t := b.step - 1) == 0:
            self.update(b, h)
            return
        beta1, beta2 = h.betas
        l2, decay = (0.0, h.weight_decay) if h.decouple else (h.weight_decay, 0.0)
        limit = t**0.25 if h.clip else math.inf
        numbers = l2, 1 - h.lr * decay, h.lr, beta1, 1 - beta1, beta2, 1 - beta2, h.eps, limit
        _fused.update(element, [b.stored, b.state("exp_avg"), b.state("exp_avg_sq")], b.given, *numbers)


def element(x: Tensor, g: Tensor, state: list[Tensor], numbers: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """One element: the new parameter and moments."""
    m, v = state
    l2, keep, lr, beta1, rest1, beta2, rest2, eps, limit = numbers
    g = g + l2 * x
    c = g / torch.maximum(torch.sqrt(v), eps)
    m = beta1 * m + rest1 * torch.maximum(torch.minimum(c, limit), -limit)
    return x * keep - lr * m, m, beta2 * v + rest2 * g * g
