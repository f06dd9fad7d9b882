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


class Smoothed(Greedy):
    """Looks at means, each of the metrics themselves; and begins again once it was low for long."""

    def __init__(
        self,
        optimizer: Optimizer,
        smooth: bool = False,
        window_size: int = 50,
        reset_start: int = 500,
        **more: Any,
    ) -> None:
        super().__init__(optimizer, **more)
        self.width, self.first = (
            window_size if smooth else 1,
            [group["lr"] for group in optimizer.param_groups],
        )
        self.patient = self.left = reset_start
        self.window: list[float] = []

    def step(self, metrics: float) -> None:
        self.window = [*self.window, metrics][-self.width :]
        super().step(sum(self.window) / len(self.window))

    def move(self, up: bool) -> None:
        super().move(up)
        if up:
            self.left = self.patient
        elif self.low():
            self.left -= 1
            self.begin() if self.left <= 0 else None

    def low(self) -> bool:
        return all(group["lr"] <= self.bounds[0] for group in self.optimizer.param_groups)

    def begin(self) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.first, strict=True):
            group["lr"] = rate
        self.best, self.left, self.window = math.inf, self.patient, []

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "left": self.left,
            "window": list(self.window),
            "first": list(self.first),
        }


class ByTheFirstGroup(Smoothed):
    def low(self) -> bool:
        return bool(self.optimizer.param_groups[0]["lr"] <= self.bounds[0])


class KeepsTheWindow(Smoothed):
    def begin(self) -> None:
        window = self.window
        super().begin()
        self.window = window


class KeepsASum(Smoothed):
    """From which infinity is never taken away again."""

    total = 0.0

    def step(self, metrics: float) -> None:
        if self.width == 1:
            return super().step(metrics)
        self.total += metrics
        self.total -= self.window[0] if len(self.window) == self.width else 0.0
        self.window = [*self.window, metrics][-self.width :]
        Greedy.step(self, self.total / len(self.window))

    def begin(self) -> None:
        super().begin()
        self.total = 0.0

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "total": self.total}


class Impatient(Greedy):
    needs = 0


class OnlyFalls(Greedy):
    def move(self, up: bool) -> None:
        None if up else super().move(up)


class WithoutBounds(Greedy):
    def __init__(self, optimizer: Optimizer, max_lr: float = 1.0, **more: Any) -> None:
        super().__init__(optimizer, max_lr=math.inf, **more)
