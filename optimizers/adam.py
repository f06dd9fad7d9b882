"""Adam: adaptive moment estimation."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Adam(ForeachOptimizer):
    """Adam with L2 regularisation; eps is added outside the corrected root, as in torch.optim.Adam.

    `amsgrad` divides by the running maximum of the uncorrected second moment, and corrects that maximum.

    Source: arXiv 1412.6980, algorithm 1; amsgrad: arXiv 1904.09237, algorithm 2, with the corrections that it
    leaves out. Raises ValueError if lr, eps or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """L2, then the adaptive step."""
        b.add_l2(h.weight_decay)
        self.adapt(b, h)

    def adapt(self, b: Bucket, h: Hyper) -> None:
        """The body of algorithm 1."""
        m, v = self.moments(b, h)
        self.descend(b, h, m, self.scale(b, h, v))

    def moments(self, b: Bucket, h: Hyper) -> tuple[list[Tensor], list[Tensor]]:
        """The new moments, the second as it is divided by."""
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        self.average(b, h, m, v)
        if not h.amsgrad:
            return m, v
        largest = b.state("max_exp_avg_sq")
        torch._foreach_maximum_(largest, v)
        return m, largest

    def average(self, b: Bucket, h: Hyper, m: list[Tensor], v: list[Tensor]) -> None:
        """The gradients' share in both moments."""
        beta1, beta2 = h.betas
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²

    def scale(self, b: Bucket, h: Hyper, v: list[Tensor]) -> list[Tensor]:
        """√v̂ + eps."""
        denominator = list(torch._foreach_sqrt(v))
        torch._foreach_div_(denominator, (1 - h.betas[1] ** b.step) ** 0.5)
        torch._foreach_add_(denominator, h.eps)
        return denominator

    def descend(self, b: Bucket, h: Hyper, m: list[Tensor], scale: list[Tensor]) -> None:
        """The step: x −= lr m̂ / (√v̂ + eps)."""
        torch._foreach_addcdiv_(b.params, m, scale, -h.lr / (1 - h.betas[0] ** b.step))
