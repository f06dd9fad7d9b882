"""RAdam: Adam that adapts once the variance of its adaptation is tractable."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class RAdam(ForeachOptimizer):
    """RAdam in the form of torch.optim.RAdam: rectified where ρ_t > 5, with the paper's epsilon hat.

    `weight_decay` is L2 or, with `decoupled_weight_decay`, x ← x·(1 − lr·wd).

    Source: arXiv 1908.03265, algorithm 2, with the threshold of the authors' code, not 4. Raises ValueError if lr, eps
    or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
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
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """The body of algorithm 2."""
        if h.decoupled_weight_decay:
            b.shrink(h.lr * h.weight_decay)
        else:
            b.add_l2(h.weight_decay)

        (beta1, beta2), t = h.betas, b.step
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²

        rate = -h.lr / (1 - beta1**t)
        if (r := rectification(t, beta2)) is None:
            torch._foreach_add_(b.params, m, alpha=rate)  # x −= lr m̂
        else:
            denominator = torch._foreach_sqrt(v)
            torch._foreach_add_(denominator, h.eps)
            torch._foreach_addcdiv_(b.params, m, denominator, rate * r * (1 - beta2**t) ** 0.5)


def rectification(t: int, beta2: float) -> float | None:
    """The variance rectification r_t; None where ρ_t ≤ 5."""
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 5:
        return None
    return float(((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5)
