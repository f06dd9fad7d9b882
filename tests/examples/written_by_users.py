"""Schedules, averages and clips as people write them into their training scripts, right and wrong."""

import copy
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler


def warm_up_and_cosine(optimizer: Optimizer, warmup_steps: int, total_steps: int) -> LambdaLR:
    def factor(step: int) -> float:
        if step < warmup_steps:
            return step / max(1, warmup_steps)
        progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
        return max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))

    return LambdaLR(optimizer, factor)


def warm_up_is_forgotten_in_the_cosine(optimizer: Optimizer, warmup_steps: int, total_steps: int) -> LambdaLR:
    def factor(step: int) -> float:
        if step < warmup_steps:
            return step / max(1, warmup_steps)
        return max(0.0, 0.5 * (1.0 + math.cos(math.pi * step / total_steps)))

    return LambdaLR(optimizer, factor)


def whole_quotient(optimizer: Optimizer, warmup_steps: int, total_steps: int) -> LambdaLR:
    def factor(step: int) -> float:
        if step < warmup_steps:
            return step // max(1, warmup_steps)
        progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
        return max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))

    return LambdaLR(optimizer, factor)


class WarmupLinear(LRScheduler):
    def __init__(self, optimizer: Optimizer, warmup: int, total: int, last_epoch: int = -1) -> None:
        self.warmup, self.total = warmup, total
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        step = self.last_epoch
        if step < self.warmup:
            return [base * step / self.warmup for base in self.base_lrs]
        left = max(0.0, (self.total - step) / max(1, self.total - self.warmup))
        return [base * left for base in self.base_lrs]


class Overshooting(WarmupLinear):
    """Falls on below 0."""

    def get_lr(self) -> list[Any]:
        step = self.last_epoch
        if step < self.warmup:
            return super().get_lr()
        return [base * (self.total - step) / max(1, self.total - self.warmup) for base in self.base_lrs]


class Compounding(WarmupLinear):
    """Multiplies what is in the groups by what belongs to the first rates."""

    def get_lr(self) -> list[Any]:
        shares = [rate / base for rate, base in zip(super().get_lr(), self.base_lrs, strict=True)]
        return [g["lr"] * share for g, share in zip(self.optimizer.param_groups, shares, strict=True)]


class EMA:
    """With buffers, which it copies."""

    def __init__(self, model: nn.Module, decay: float = 0.999) -> None:
        self.decay, self.module = decay, copy.deepcopy(model).eval()
        self.module.requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for kept, value in zip(self.module.parameters(), model.parameters(), strict=True):
            kept.lerp_(value, 1 - self.decay)
        for kept, value in zip(self.module.buffers(), model.buffers(), strict=True):
            kept.copy_(value)


class TurnedRound(EMA):
    """The weights of the two are exchanged."""

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for kept, value in zip(self.module.parameters(), model.parameters(), strict=True):
            kept.lerp_(value, self.decay)


class WithoutBuffers(EMA):
    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for kept, value in zip(self.module.parameters(), model.parameters(), strict=True):
            kept.lerp_(value, 1 - self.decay)


class WholeState(EMA):
    """Averages whatever a `state_dict` holds, counts of batches too."""

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        state = model.state_dict()
        for name, kept in self.module.state_dict().items():
            kept.mul_(self.decay).add_(state[name] * (1 - self.decay))


@torch.no_grad()
def clip_foreach(parameters: Iterable[Tensor], max_norm: float) -> Tensor:
    slopes = [p.grad for p in parameters if p.grad is not None]
    if not slopes:
        return torch.zeros(())
    norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(slopes)))
    torch._foreach_mul_(slopes, torch.clamp(max_norm / norm, max=1.0))
    return norm


@torch.no_grad()
def clip_foreach_sum(parameters: Iterable[Tensor], max_norm: float) -> Tensor:
    """The sum of norms is no norm."""
    slopes = [p.grad for p in parameters if p.grad is not None]
    if not slopes:
        return torch.zeros(())
    norm = torch.stack(torch._foreach_norm(slopes)).sum()
    torch._foreach_mul_(slopes, torch.clamp(max_norm / norm, max=1.0))
    return norm
