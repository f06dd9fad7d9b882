"""Adam with decoupled weight decay."""

from __future__ import annotations

from torch import Tensor

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
    ) -> None:
        """See the class."""
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def update(self, b: Bucket, h: Hyper) -> None:
        """Decay, then the adaptive step."""
        b.shrink(h.lr * h.weight_decay)
        self.adapt(b, h)
