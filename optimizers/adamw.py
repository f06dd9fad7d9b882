"""Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lawful.optimizers import _fused
from lawful.optimizers._base import Bucket, Hyper, ParamsT
from lawful.optimizers.adam import Adam


class AdamW(Adam):
    """Adam whose decay shrinks the old weight, x ← x·(1 − lr·wd), and stays out of the moments.

    Source: arXiv 1711.05101, algorithm 2, line 12, with lr·wd in place of the schedule's η·wd, as in
    torch.optim.AdamW. Arguments and errors are Adam's.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        fused: bool = False,
    ) -> None:
        """See the class; `fused` updates in one pass over memory, on a GPU."""
        super(Adam, self).__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            fused=fused,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """Decay, then the adaptive step."""
        b.shrink(h.lr * h.weight_decay)
        self.adapt(b, h)

    def fuse(self, b: Bucket, h: Hyper) -> None:
        """`update`, element by element."""
        (beta1, beta2), names = h.betas, ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
        state = [b.state(name) for name in names[: 2 + h.amsgrad]]
        root, size = (1 - beta2**b.step) ** 0.5, h.lr / (1 - beta1**b.step)
        numbers = 1 - h.lr * h.weight_decay, beta1, 1 - beta1, beta2, 1 - beta2, root, h.eps, size
        _fused.update(element, [b.stored, *state], b.given, *numbers)


def element(x: Tensor, g: Tensor, state: list[Tensor], numbers: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """One element: the new parameter, moments and, where it is kept, maximum."""
    m, v, *largest = state
    keep, beta1, rest1, beta2, rest2, root, eps, size = numbers
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    largest = [torch.maximum(before, v) for before in largest]
    scale = torch.sqrt(*largest or (v,)) / root + eps
    return x * keep - size * (m / scale), m, v, *largest
