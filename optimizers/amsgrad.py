"""AMSGrad: Adam with a second moment that never decreases."""

from __future__ import annotations

from torch import Tensor

from lawful.optimizers._base import ParamsT
from lawful.optimizers.adam import Adam


class AMSGrad(Adam):
    """`Adam(amsgrad=True)`: the maximum is of the uncorrected second moment, and is corrected afterwards.

    Source: arXiv 1904.09237, algorithm 2, with Adam's bias corrections as in torch.optim.Adam. The corrected
    denominator can therefore shrink, which the paper's cannot. Arguments and errors are Adam's.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad=True, maximize=maximize)
