"""An update in one pass over memory: a rule's formula for one element, compiled for all tensors of a bucket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

Kernel = Callable[[Tensor, Tensor, list[Tensor], Sequence[Tensor]], tuple[Tensor, ...]]
"""(parameter, gradient, state, numbers) → the new parameter and the new state, element by element."""

DEVICES = ("cuda",)
"""Where it is worth compiling: on the CPU a bucket stays in the cache, and foreach calls are as fast."""

MOST = 64
"""How often an update may be compiled in a process; torch's own limit of 8 is soon reached by many groups."""


def update(kernel: Kernel, old: Sequence[list[Tensor]], grads: list[Tensor], *numbers: float) -> None:
    """Replace parameters and states, the lists in `old`, by what the kernel makes of them and of the gradients.

    The numbers are float64, in memory of the device, so that new ones need no new code; it is compiled for each
    combination of dtypes and for lists of a new length, up to `MOST` times, and runs call by call from then on.
    """
    there = torch.tensor(numbers, dtype=torch.float64, device=grads[0].device)
    _compiled()(kernel, old, grads, there.unbind())


def require(device: torch.device) -> None:
    """Raise ValueError unless it is a GPU, and there is Triton to compile for it."""
    if device.type not in DEVICES:
        raise ValueError(f"fused=True needs parameters on {' or '.join(DEVICES)}; they are on {device}")
    if device.type == "cuda" and find_spec("triton") is None:
        raise ValueError("fused=True needs the package triton, which torch's CUDA builds bring along")


@cache
def _compiled() -> Any:
    from torch._dynamo import config  # takes seconds to import

    config.recompile_limit = max(config.recompile_limit, MOST)
    return torch.compile(_update, dynamic=True)


def _update(kernel: Kernel, old: Sequence[list[Tensor]], grads: list[Tensor], numbers: Any) -> None:
    for g, (x, *state) in zip(grads, zip(*old, strict=True), strict=True):
        wide = state[0].dtype
        for tensor, new in zip((x, *state), kernel(x.to(wide), g.to(wide), state, numbers), strict=True):
            tensor.copy_(new)
