"""Weight decay that follows the learning rate."""

from __future__ import annotations

from typing import Any, Literal

from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

Kept = Literal["lr*wd", "wd/lr"]


def tie_decay(optimizer: Optimizer, keep: Kept) -> RemovableHandle:
    """Keep lr·wd, or wd/lr, of every group constant from now on, whatever sets the learning rate.

    Before each step the group's weight decay is set from its learning rate; what it is at `initial_lr` (of torch's
    schedulers; else the lr that the group has now) is kept in the group as `initial_weight_decay`. Under
    decay by 1 − lr·wd, "lr*wd" makes the timescale 1/(lr·wd) independent of the schedule, and "wd/lr" makes decay
    quadratic in lr. Call it again after loading a checkpoint into a new optimizer. Returns the handle whose
    `remove()` ends it.

    Raises ValueError for another `keep`, for a group whose initial lr is 0, and in a step with lr = 0 under "lr*wd",
    which no weight decay can keep.
    """
    if keep not in ("lr*wd", "wd/lr"):
        raise ValueError(f"keep must be 'lr*wd' or 'wd/lr', got {keep!r}")
    for group in optimizer.param_groups:
        _remember(group)

    def follow(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        for group in optimizer.param_groups:
            _remember(group)  # groups may come later
            group["weight_decay"] = group["initial_weight_decay"] * _factor(group, keep)

    return optimizer.register_step_pre_hook(follow)


def _remember(group: dict[str, Any]) -> None:
    if not group.setdefault("initial_lr", float(group["lr"])) > 0:
        raise ValueError(f"decay cannot be tied to an initial learning rate of {group['initial_lr']!r}")
    group.setdefault("initial_weight_decay", group["weight_decay"])


def _factor(group: dict[str, Any], keep: Kept) -> float:
    multiplier = float(group["lr"]) / float(group["initial_lr"])
    if keep == "wd/lr":
        return multiplier
    if not multiplier:
        raise ValueError("lr*wd cannot be kept at lr = 0; let the schedule begin and end above 0")
    return 1 / multiplier
