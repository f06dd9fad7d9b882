"""Rprop: steps whose size depends on the gradient's sign alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class Rprop(ForeachOptimizer):
    """Rprop in the form of torch.optim.Rprop (iRprop⁻): where the sign has turned, the step shrinks and is not taken.

    `lr` is the first step size; after that it has no effect. `etas` are the factors by which a step shrinks and grows,
    `step_sizes` the least and the largest step.

    Source: Igel & Hüsken, NC 2000, iRprop⁻. Raises ValueError if lr is negative, or not 0 < etas[0] < 1 < etas[1].
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            etas=etas,
            step_sizes=step_sizes,
            maximize=maximize,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """Raise ValueError unless the factors shrink and grow."""
        super().validate(group)
        if not 0 < group["etas"][0] < 1 < group["etas"][1]:
            raise ValueError(f"etas must be one number in (0, 1) and one above 1, got {group['etas']!r}")

    def update(self, b: Bucket, h: Hyper) -> None:
        """Grow or shrink each step, then take those whose sign has not turned."""
        size, last = b.state("step_size", h.lr), b.state("prev")
        factors = torch._foreach_sign(torch._foreach_mul(b.grads, last))
        torch._foreach_copy_(last, b.grads)
        for f, g in zip(factors, last, strict=True):
            turned, zero = f < 0, f == 0
            f.masked_fill_(f > 0, h.etas[1]).masked_fill_(turned, h.etas[0]).masked_fill_(zero, 1.0)
            g.masked_fill_(turned, 0.0)
        torch._foreach_mul_(size, factors)
        torch._foreach_clamp_min_(size, h.step_sizes[0])
        torch._foreach_clamp_max_(size, h.step_sizes[1])
        torch._foreach_addcmul_(b.params, torch._foreach_sign(last), size, -1)
