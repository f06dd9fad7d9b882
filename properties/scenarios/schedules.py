"""torch's own schedulers, as scenarios use them: the candidate's learning rate is set by one of them, and the oracle
takes the rates that the same scheduler sets where no candidate can interfere."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    LRScheduler,
    SequentialLR,
    StepLR,
)


def _warm_up(optimizer: Optimizer) -> LRScheduler:
    """Up from a tenth in three steps, then down to 0 in five and up again."""
    phases = [LinearLR(optimizer, 0.1, total_iters=3), CosineAnnealingLR(optimizer, 5)]
    return SequentialLR(optimizer, phases, milestones=[3])


SCHEDULERS: Mapping[str, Callable[[Optimizer], LRScheduler]] = {
    "warm-up": _warm_up,
    "warm restarts": lambda optimizer: CosineAnnealingWarmRestarts(optimizer, 3, 2),
    "exponential": lambda optimizer: ExponentialLR(optimizer, 0.8),
    "step": lambda optimizer: StepLR(optimizer, 4),
}
"""A scheduler by its name → how it is constructed. Some set lr from the initial one, others from the present one,
which an optimizer that writes its own into the group would falsify."""


@lru_cache(maxsize=1024)
def rates(scheduler: str, first: float, steps: int) -> tuple[float, ...]:
    """The learning rate at each step, from 1, of a group that is constructed with `first`."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=first)
    scheduled, found = SCHEDULERS[scheduler](optimizer), []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduled.step()
    return tuple(found)
