"""A schedule that rises and falls with a metric, and some that do not as it does."""

import math
from typing import Any

from torch.optim import Optimizer


class Greedy:
    """A larger rate after so many metrics that were better, a smaller one after so many that were not."""

    needs = 1
    """How many beyond its patience."""

    def __init__(
        self, optimizer: Optimizer, factor: float = 0.5, patience: int = 1, threshold: float = 0.125,
        cooldown: int = 0, warmup: int = 0, min_lr: float = 0.001, max_lr: float = 1.0,
    ) -> None:  # fmt: skip
        self.optimizer, self.factor, self.threshold = optimizer, factor, threshold
        self.most, self.waits, self.bounds = patience, (cooldown, warmup), (min_lr, max_lr)
        self.best, self.row, self.wait = math.inf, 0, 0

    def step(self, metrics: float) -> None:
        if self.wait:
            self.wait, self.row = self.wait - 1, 0
            return
        better = metrics < self.best - self.threshold
        self.best = metrics if better else self.best
        self.row = max(self.row, 0) + 1 if better else min(self.row, 0) - 1
        if abs(self.row) >= self.most + self.needs:
            self.move(better)
            self.row, self.wait = 0, self.waits[better]

    def move(self, up: bool) -> None:
        low, high = self.bounds
        for group in self.optimizer.param_groups:
            rate = group["lr"]
            to = min(rate / self.factor, high) if up else max(rate * self.factor, low)
            group["lr"] = to if (to - rate if up else rate - to) > 1e-8 else rate

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "row": self.row, "wait": self.wait}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.__dict__.update(state_dict)


class Impatient(Greedy):
    needs = 0


class OnlyFalls(Greedy):
    def move(self, up: bool) -> None:
        None if up else super().move(up)


class WithoutBounds(Greedy):
    def __init__(self, optimizer: Optimizer, max_lr: float = 1.0, **more: Any) -> None:
        super().__init__(optimizer, max_lr=math.inf, **more)
