"""Wrappers around an optimizer, as users write them: one that looks ahead, and one that does so a step late."""

from __future__ import annotations

from typing import Any

import torch


class Lookahead:
    """Keeps slow weights beside the inner optimizer's, and counts its steps."""

    late = 0

    def __init__(self, optimizer: torch.optim.Optimizer, k: int = 5, la_alpha: float = 0.5) -> None:
        self.optimizer, self.k, self.la_alpha, self.count = optimizer, k, la_alpha, 0
        self.slow = {p: p.detach().clone() for group in self.param_groups for p in group["params"]}

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return self.optimizer.param_groups

    @property
    def state(self) -> Any:
        return self.optimizer.state

    def zero_grad(self) -> None:
        self.optimizer.zero_grad()

    def step(self) -> None:
        self.optimizer.step()
        self.count += 1
        if self.count % self.k == self.late:
            with torch.no_grad():
                for p, slow in self.slow.items():
                    p.copy_(slow.lerp_(p, self.la_alpha))


class AStepLate(Lookahead):
    late = 1
