"""Schedulers that keep their schedule, and some that break just one promise each."""

import math
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR, ReduceLROnPlateau


class Cosine(LRScheduler):
    """In closed form, where torch's is a recursion."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        if T_max < 1:
            raise ValueError(f"T_max is {T_max}")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def at(self, done: int) -> float:
        return (1 + math.cos(math.pi * done / self.T_max)) / 2

    def get_lr(self) -> list[Any]:
        return [self.eta_min + (base - self.eta_min) * self.at(self.last_epoch) for base in self.base_lrs]


class CosineThatStays(Cosine):
    """Where it has arrived."""

    def at(self, done: int) -> float:
        return super().at(min(done, self.T_max))


class CosineInItsFormat(Cosine):
    """Works the whole formula out in the format of its rates, π too."""

    def get_lr(self) -> list[Any]:
        if not isinstance(self.base_lrs[0], torch.Tensor):
            return super().get_lr()
        whole = [torch.tensor(math.pi, dtype=base.dtype) * self.last_epoch for base in self.base_lrs]
        heights = [(1 + torch.cos(each / self.T_max)) / 2 for each in whole]
        pairs = zip(self.base_lrs, heights, strict=True)
        return [self.eta_min + (base - self.eta_min) * height for base, height in pairs]


class CountsOn(Cosine):
    """Goes on from a step that it is told."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        if T_max < 1:
            raise ValueError(f"T_max is {T_max}")
        self.T_max, self.eta_min = T_max, eta_min
        LRScheduler.__init__(self, optimizer, last_epoch)


class Ramp(LRScheduler):
    """Nothing of torch's but the interface: it counts for itself."""

    def __init__(self, optimizer: Optimizer, start_factor: float, total_iters: int) -> None:
        self.optimizer, self.start, self.total, self.count = optimizer, start_factor, total_iters, 0
        for group in optimizer.param_groups:
            group["initial_lr"] = self.first(group)
        self.write()

    def first(self, group: dict[str, Any]) -> float:
        return float(group["lr"])

    def factor(self) -> float:
        share = min(self.count / self.total, 1.0) if self.total else 1.0
        return self.start + (1 - self.start) * share

    def write(self) -> None:
        for group in self.optimizer.param_groups:
            self.put(group, group["initial_lr"] * self.factor())

    def put(self, group: dict[str, Any], rate: float) -> None:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate

    def step(self, epoch: int | None = None) -> None:
        self.count += 1
        self.write()

    def get_last_lr(self) -> list[Any]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.count = state_dict["count"]


def warm_up(optimizer: Optimizer, steps: int) -> LambdaLR:
    """A function, from 0, with a word of its own for the length."""
    return LambdaLR(optimizer, lambda done: min(done / steps, 1.0) if steps else 1.0)


class Plateau(ReduceLROnPlateau):
    """Better by a share of the size of the best, whatever its sign."""

    def _is_better(self, a: float, best: float) -> bool:
        if self.threshold_mode == "abs" or not math.isfinite(best):
            return super()._is_better(a, best)
        margin = abs(best) * self.threshold
        return a < best - margin if self.mode == "min" else a > best + margin


class EndingOneCycle(OneCycleLR):
    """Refuses the step after its last."""

    def get_lr(self) -> list[Any]:
        if self.last_epoch >= self.total_steps:
            raise ValueError(f"{self.total_steps} steps are done")
        return super().get_lr()


# -------------------------------------------------------------------------------------------- what is wrong
class OneStepAhead(Ramp):
    def factor(self) -> float:
        share = min((self.count + 1) / self.total, 1.0) if self.total else 1.0
        return self.start + (1 - self.start) * share


class LateFirstRate(Ramp):
    def write(self) -> None:
        if self.count:
            super().write()


class FirstGroupOnly(Ramp):
    def write(self) -> None:
        for group in self.optimizer.param_groups:
            self.put(group, self.optimizer.param_groups[0]["initial_lr"] * self.factor())


class GoesOn(Ramp):
    def factor(self) -> float:
        return self.start + (1 - self.start) * (self.count / self.total if self.total else 1.0)


class InFloat32(Ramp):
    def factor(self) -> float:
        return torch.tensor(super().factor(), dtype=torch.float32).item()


class SaysTheOldRate(Ramp):
    def write(self) -> None:
        self.last = [group["lr"] for group in self.optimizer.param_groups]
        super().write()

    def get_last_lr(self) -> list[Any]:
        return self.last


class Amnesiac(Ramp):
    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """There is nothing in it."""


class LoadsOnce(Ramp):
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.count = state_dict.pop("count")


class KeepsCode(Ramp):
    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count, "writer": Plateau}


class Shares(Ramp):
    """Two that have the list of rates in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seen: list[int] = []
        super().__init__(*args, **kwargs)

    def step(self, epoch: int | None = None) -> None:
        super().step()
        self.seen.append(self.count)

    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count, "seen": self.seen}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.count, self.seen = state_dict["count"], state_dict["seen"]


class Swings(Ramp):
    def factor(self) -> float:
        return super().factor() if self.count < 2 * self.total else -super().factor()


class Rebinds(Ramp):
    def put(self, group: dict[str, Any], rate: float) -> None:
        group["lr"] = (
            torch.tensor(rate, dtype=torch.float64) if isinstance(group["lr"], torch.Tensor) else rate
        )


class LosesDigitsOfTensors(Ramp):
    def put(self, group: dict[str, Any], rate: float) -> None:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(float(torch.tensor(rate, dtype=torch.float32)))
        else:
            group["lr"] = rate


class ThroughBfloat16(Ramp):
    def put(self, group: dict[str, Any], rate: float) -> None:
        narrow = isinstance(group["lr"], torch.Tensor) and group["lr"].dtype is torch.float32
        super().put(group, torch.tensor(rate).bfloat16().item() if narrow else rate)


class Widens(Ramp):
    def put(self, group: dict[str, Any], rate: float) -> None:
        super().put(group, rate)
        group["lr"] = group["lr"].float() if isinstance(group["lr"], torch.Tensor) else rate


class BeginsAgain(Ramp):
    def step(self, epoch: int | None = None) -> None:
        self.count = (self.count + 1) % 400
        self.write()


class MultipliesWhatIsThere(Ramp):
    """In bfloat16 within what its roundings explain, that keep it where it is."""

    def step(self, epoch: int | None = None) -> None:
        before = self.factor()
        self.count += 1
        for group in self.optimizer.param_groups:
            self.put(group, group["lr"] * (self.factor() / before))


class SharesTensors(Ramp):
    def __init__(self, optimizer: Optimizer, start_factor: float, total_iters: int) -> None:
        super().__init__(optimizer, start_factor, total_iters)
        for group in optimizer.param_groups:
            group["initial_lr"] = (
                group["lr"] if isinstance(group["lr"], torch.Tensor) else group["initial_lr"]
            )


class StopsMomentum(Ramp):
    def write(self) -> None:
        super().write()
        for group in self.optimizer.param_groups:
            group["momentum"] = 0.0


class ChangesDefaults(Ramp):
    def write(self) -> None:
        super().write()
        self.optimizer.defaults["lr"] = self.optimizer.param_groups[0]["lr"]


class RemembersTheFirst(Ramp):
    def first(self, group: dict[str, Any]) -> float:
        return float(group.get("initial_lr", group["lr"]))


class LeavesLateGroups(Ramp):
    """Knows the groups that there were."""

    def __init__(self, optimizer: Optimizer, start_factor: float, total_iters: int) -> None:
        self.known = list(optimizer.param_groups)
        super().__init__(optimizer, start_factor, total_iters)

    def write(self) -> None:
        for group in self.known:
            self.put(group, group["initial_lr"] * self.factor())


class LetsNoOneCount(Cosine):
    """Takes any length."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        LRScheduler.__init__(self, optimizer)


class Multiplies(Cosine):
    """What is set by hand is multiplied, beyond everything, once the rate is near its least."""

    def get_lr(self) -> list[Any]:
        if self.last_epoch == 0:
            return [group["lr"] for group in self.optimizer.param_groups]
        before, now = self.at(self.last_epoch - 1), self.at(self.last_epoch)
        if before < 1e-12:
            return [self.eta_min + (base - self.eta_min) * now for base in self.base_lrs]
        groups = self.optimizer.param_groups
        return [self.eta_min + (group["lr"] - self.eta_min) * now / before for group in groups]
