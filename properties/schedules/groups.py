"""The optimizer that a scheduler drives: a group for each rate, and what the groups hold."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adam, Optimizer

BASES = (0.1, 0.03, 1.0)
"""The rates of the groups."""


class IdleSGD(SGD):
    """Its parameters have no gradients: a step does nothing, and is called as any."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Nothing."""


class IdleAdam(Adam):
    """The same with betas, and no momentum."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Nothing."""


def groups(adam: bool = False, dtype: torch.dtype | None = None) -> Optimizer:
    """An optimizer with a group for each rate, which may be a tensor."""
    rates = [rate if dtype is None else torch.tensor(rate, dtype=dtype) for rate in BASES]
    kind: Any = IdleAdam if adam else IdleSGD
    made: Optimizer = kind(
        [{"params": [torch.nn.Parameter(torch.ones(2))], "lr": rate} for rate in rates],
        lr=1e-3,
        **({} if adam else {"momentum": 0.5}),
    )
    return made


def rates(optimizer: Optimizer) -> list[float]:
    """What the groups hold."""
    return [float(group["lr"]) for group in optimizer.param_groups]


def momenta(optimizer: Optimizer) -> list[float]:
    """Momentum, or the first of the betas, of each group."""
    return [float(g["betas"][0] if "betas" in g else g["momentum"]) for g in optimizer.param_groups]


def held(group: Mapping[str, Any]) -> dict[str, Any]:
    """What a group holds, but for its parameters; tensors as they are now."""
    return {k: v.clone() if isinstance(v, Tensor) else v for k, v in group.items() if k != "params"}
