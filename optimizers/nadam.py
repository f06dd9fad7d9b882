"""NAdam: Adam with Nesterov's momentum."""

from __future__ import annotations

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class NAdam(ForeachOptimizer):
    """NAdam in the form of torch.optim.NAdam: the momentum grows from β1/2 to β1, corrected by its running product.

    That product is kept in double precision, for each parameter. `weight_decay` is L2 or, with
    `decoupled_weight_decay`, x ← x·(1 − lr·wd).

    Source: Dozat, ICLR workshop (2016), with the schedule of its report. Raises ValueError if lr, eps, weight_decay or
    momentum_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
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
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """Moments, then a step along the present gradient and along the average as it will be weighted next."""
        if h.decoupled_weight_decay:
            b.shrink(h.lr * h.weight_decay)
        else:
            b.add_l2(h.weight_decay)

        (beta1, beta2), t = h.betas, b.step
        m, v = b.state("exp_avg"), b.state("exp_avg_sq")
        torch._foreach_lerp_(m, b.grads, 1 - beta1)  # m_t = β1 m_{t−1} + (1 − β1) g
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²

        denominator = torch._foreach_sqrt(v)
        torch._foreach_div_(denominator, (1 - beta2**t) ** 0.5)
        torch._foreach_add_(denominator, h.eps)  # √v̂ + eps
        mu, following = (beta1 * (1 - 0.96 ** (k * h.momentum_decay) / 2) for k in (t, t + 1))
        product = b.number("mu_product", 1.0) * mu
        b.keep("mu_product", product)
        torch._foreach_addcdiv_(b.params, b.grads, denominator, -h.lr * (1 - mu) / (1 - product))
        torch._foreach_addcdiv_(b.params, m, denominator, -h.lr * following / (1 - product * following))
