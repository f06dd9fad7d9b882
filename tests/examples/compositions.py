"""Schedulers one after the other: each begins anew with the rates that there were at first, or not."""

from collections.abc import Sequence
from typing import Any

from torch.optim import Optimizer


class InTurn:
    """Each from its milestone on, as if it were made there; whatever it is."""

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Any], milestones: Sequence[int]) -> None:
        self.optimizer, self.parts, self.milestones = optimizer, schedulers, [0, *milestones]
        self.first = [*innermost(schedulers[0]).base_lrs]
        self.count = 0
        self.begin(schedulers[0])

    def step(self) -> None:
        self.count += 1
        place = sum(at <= self.count for at in self.milestones) - 1
        if self.count == self.milestones[place]:
            self.begin(self.parts[place])
        else:
            self.parts[place].step()

    def begin(self, part: Any) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.first, strict=True):
            group["lr"] = rate
        started(part)


def innermost(part: Any) -> Any:
    return innermost(part._schedulers[0]) if hasattr(part, "_schedulers") else part


def started(part: Any) -> None:
    """As it was once it was made."""
    if not hasattr(part, "_schedulers"):
        part.last_epoch = -1
        part._initial_step()
        return
    part.last_epoch = 0
    for inner in part._schedulers if not hasattr(part, "_milestones") else part._schedulers[:1]:
        started(inner)


class GoesOnFromWhatIsThere(InTurn):
    def begin(self, part: Any) -> None:
        if part is self.parts[0]:
            super().begin(part)
        else:
            started(part)


class NeverTheLast(InTurn):
    def step(self) -> None:
        self.count = min(self.count, self.milestones[-1] - 2)
        super().step()
