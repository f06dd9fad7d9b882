"""AdamW as printed, for schedules with warm restarts."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from lawful.optimizers._base import Bucket, Hyper, ParamsT
from lawful.optimizers.adam import Adam


class AdamWR(Adam):
    """Adam with the decay x ← x·(1 − η·wd), where η = lr/lr₀ is the schedule's multiplier, not the rate.

    lr₀ is the lr that a group begins with, or its `initial_lr` if it is given one; the group keeps it as `lr_0`, for
    torch's CyclicLR takes an `initial_lr` that is there already for its own.
    The paper's schedule, with its normalised decay, is `lawful.optimizers.decay.NormalizedWarmRestarts`. The paper
    gives no default for wd: this one is normalized_weight_decay(0.05, 128, 50_000, epochs=100), rounded.

    Source: arXiv 1711.05101, algorithm 2, appendix B. Arguments and errors are Adam's.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 2.5e-4,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(params, lr, betas, eps, weight_decay, maximize=maximize)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group, which remembers its first lr; raise ValueError as the constructor does."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        group.setdefault("lr_0", float(group.get("initial_lr", group["lr"])))

    def update(self, b: Bucket, h: Hyper) -> None:
        """Decay by the multiplier, then the adaptive step."""
        if h.lr_0:
            b.shrink(h.lr / float(h.lr_0) * h.weight_decay)
        self.adapt(b, h)
