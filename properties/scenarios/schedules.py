"""torch's own schedulers, as scenarios use them: one of them sets what the candidate's groups hold, and the oracle
takes what the same scheduler sets where no candidate can interfere."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
from sympy import Symbol
from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from torch.optim.swa_utils import SWALR

from lawful.verify.language.symbols import beta1, beta2, lr, momentum

Hypers = tuple[tuple[Symbol, float], ...]
Make = Callable[[Optimizer], LRScheduler]


def _warm_up(optimizer: Optimizer) -> LRScheduler:
    """Up from a tenth in three steps, then down to 0 in five and up again."""
    phases = [LinearLR(optimizer, 0.1, total_iters=3), CosineAnnealingLR(optimizer, 5)]
    return SequentialLR(optimizer, phases, milestones=[3])


def _from_zero(optimizer: Optimizer) -> LRScheduler:
    """Up from exactly 0 in four steps."""
    return LambdaLR(optimizer, lambda done: min(done / 4, 1.0))


def _chained(optimizer: Optimizer) -> LRScheduler:
    """Two that multiply, from 0 again in the middle."""
    return ChainedScheduler([ConstantLR(optimizer, 0.5, 3), MultiStepLR(optimizer, [2, 6], 0.3)], optimizer)


def _largest(optimizer: Optimizer) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


def _cyclic(optimizer: Optimizer, **more: Any) -> LRScheduler:
    """From a tenth of lr up to it and back, every four steps."""
    least = [rate / 10 for rate in _largest(optimizer)]
    return CyclicLR(optimizer, least, _largest(optimizer), 2, mode="triangular2", **more)


def _one_cycle(optimizer: Optimizer, **more: Any) -> LRScheduler:
    """Up to lr in a third of as many steps as the longest scenario has, and down."""
    return OneCycleLR(optimizer, _largest(optimizer), total_steps=100, pct_start=0.05, **more)


SCHEDULERS: Mapping[str, Make] = {
    "LambdaLR from 0": _from_zero,
    "SequentialLR": _warm_up,
    "CosineAnnealingWarmRestarts": lambda optimizer: CosineAnnealingWarmRestarts(optimizer, 3, 2),
    "ExponentialLR": lambda optimizer: ExponentialLR(optimizer, 0.8),
    "StepLR": lambda optimizer: StepLR(optimizer, 4),
    "ChainedScheduler": _chained,
    "CyclicLR": lambda optimizer: _cyclic(optimizer, cycle_momentum=False),
    "OneCycleLR": lambda optimizer: _one_cycle(optimizer, cycle_momentum=False),
    "ReduceLROnPlateau": lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=1),
    "MultiplicativeLR": lambda optimizer: MultiplicativeLR(optimizer, lambda done: 1.5 if done % 2 else 0.5),
    "MultiStepLR": lambda optimizer: MultiStepLR(optimizer, [1, 3], 0.3),
    "PolynomialLR": lambda optimizer: PolynomialLR(optimizer, 6, 2.0),
    "LinearLR": lambda optimizer: LinearLR(optimizer, 0.2, total_iters=5),
    "ConstantLR": lambda optimizer: ConstantLR(optimizer, 0.1, 4),
    "CosineAnnealingLR": lambda optimizer: CosineAnnealingLR(optimizer, 5),
    "SWALR": lambda optimizer: SWALR(optimizer, 0.01, anneal_epochs=4),
}
"""A scheduler of lr by its name → how it is constructed. Some set lr from the initial one, others from the present one,
which an optimizer that writes its own into the group would falsify."""

CYCLING: Mapping[str, Make] = {
    "OneCycleLR of momentum": _one_cycle,
    "CyclicLR of momentum": lambda optimizer: _cyclic(optimizer, cycle_momentum=True),
}
"""Those that cycle momentum, or the first of the betas, against lr: what they do unless told not to."""

EVERY = {**SCHEDULERS, **CYCLING}


def advance(scheduler: LRScheduler) -> None:
    """After a step of the optimizer; the loss that one of them wants to see stays as it is."""
    if isinstance(scheduler, ReduceLROnPlateau):
        scheduler.step(1.0)
    else:
        scheduler.step()


@lru_cache(maxsize=1024)
def scheduled(scheduler: str, hypers: Hypers, steps: int) -> tuple[Mapping[Symbol, float], ...]:
    """What a scheduler sets at each step, from 1, in a group that is constructed with these hyperparameters."""
    optimizer = neutral(dict(hypers))
    schedule, found = EVERY[scheduler](optimizer), []
    for _ in range(steps):
        found.append(_held(optimizer.param_groups[0]))
        optimizer.step()
        advance(schedule)
    return tuple(found)


def neutral(hyper: Mapping[Symbol, float]) -> Optimizer:
    """An optimizer that does nothing, with the keys that schedulers know."""
    keys: dict[str, Any] = {"lr": hyper[lr]}
    if momentum in hyper:
        keys["momentum"] = hyper[momentum]
    if beta1 in hyper:
        keys["betas"] = (hyper[beta1], hyper.get(beta2, 0.0))
    return _Neutral([torch.zeros(1)], keys)


class _Neutral(Optimizer):
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Nothing, and the hooks that a candidate has put on all optimizers are not called."""

    step.hooked = True  # type: ignore[attr-defined]


def _held(group: Mapping[str, Any]) -> Mapping[Symbol, float]:
    found = {lr: float(group["lr"])}
    if "momentum" in group:
        found[momentum] = float(group["momentum"])
    if "betas" in group:
        found[beta1] = float(group["betas"][0])
    return found
