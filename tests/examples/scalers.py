"""A scaler of losses written by hand, and some that get one thing wrong."""

from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


class Scaling:
    """In Python floats, no scale below the least number of float32 that has an inverse there."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        self.now, self.growth, self.backoff, self.interval = (
            init_scale,
            growth_factor,
            backoff_factor,
            growth_interval,
        )
        self.counted = 0
        self.bad: dict[int, bool] = {}
        self.stepped: set[int] = set()

    def scale(self, loss: Tensor) -> Tensor:
        return loss * self.now

    def get_scale(self) -> float:
        return self.now

    def unscale_(self, optimizer: Optimizer) -> None:
        if id(optimizer) in self.bad:
            raise RuntimeError("these are unscaled")
        slopes = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        self.bad[id(optimizer)] = not all(map(self.finite, slopes))
        for slope in slopes:
            slope.div_(self.now)

    def finite(self, slope: Tensor) -> bool:
        return bool(torch.isfinite(slope).all())

    def step(self, optimizer: Optimizer) -> None:
        if id(optimizer) in self.stepped:
            raise RuntimeError("this one has stepped")
        if id(optimizer) not in self.bad:
            self.unscale_(optimizer)
        self.stepped.add(id(optimizer))
        if not self.skips(optimizer):
            optimizer.step()

    def skips(self, optimizer: Optimizer) -> bool:
        return self.bad[id(optimizer)]

    def update(self, new_scale: float | None = None) -> None:
        self.now = self.next() if new_scale is None else new_scale
        self.bad, self.stepped = {}, set()

    def next(self) -> float:
        if any(self.bad.values()):
            self.counted = 0
            return max(self.now * self.backoff, 2.0**-126)
        self.counted += 1
        if self.counted < self.interval:
            return self.now
        self.counted = 0
        return self.grown()

    def grown(self) -> float:
        larger = self.now * self.growth
        return larger if larger < 2.0**128 else self.now

    def state_dict(self) -> dict[str, Any]:
        return {"scale": self.now, "counted": self.counted}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.now, self.counted = state_dict["scale"], state_dict["counted"]


class GrowsLate(Scaling):
    def next(self) -> float:
        self.interval += 1
        try:
            return super().next()
        finally:
            self.interval -= 1


class CountsOn(Scaling):
    """Steps that are skipped do not begin the count anew."""

    def next(self) -> float:
        counted = self.counted
        now = super().next()
        self.counted = counted if any(self.bad.values()) else self.counted
        return now


class BacksOffForEach(Scaling):
    def next(self) -> float:
        extra = max(sum(self.bad.values()) - 1, 0)
        return super().next() * self.backoff**extra


class GrowsToInfinity(Scaling):
    def grown(self) -> float:
        return float(torch.tensor(self.now, dtype=torch.float32) * self.growth)


class SaysTheFirst(Scaling):
    def get_scale(self) -> float:
        return 2.0**16


class SkipsAll(Scaling):
    def skips(self, optimizer: Optimizer) -> bool:
        return any(self.bad.values())


class KnowsNoNumber(Scaling):
    """Looks for infinity alone."""

    def skips(self, optimizer: Optimizer) -> bool:
        slopes = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        return any(bool(torch.isinf(slope).any()) for slope in slopes)


class UnscalesTwice(Scaling):
    def step(self, optimizer: Optimizer) -> None:
        self.bad.pop(id(optimizer), None)
        super().step(optimizer)


class LosesDigits(Scaling):
    def unscale_(self, optimizer: Optimizer) -> None:
        super().unscale_(optimizer)
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad.copy_(p.grad.half())


class ForgetsTheCount(Scaling):
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.now = state_dict["scale"]


class GivesItsOwn(Scaling):
    """The dictionary in which it counts."""

    def next(self) -> float:
        now = super().next()
        self.held = {"scale": now, "counted": self.counted} if not hasattr(self, "held") else self.held
        self.held.update(scale=now, counted=self.counted)
        return now

    def state_dict(self) -> dict[str, Any]:
        return getattr(self, "held", {"scale": self.now, "counted": self.counted})

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self.held = state_dict


class DeafToHands(Scaling):
    def update(self, new_scale: float | None = None) -> None:
        super().update()


class UnscalesAgain(Scaling):
    def unscale_(self, optimizer: Optimizer) -> None:
        self.bad.pop(id(optimizer), None)
        super().unscale_(optimizer)


class StandsStill(Scaling):
    """Once the scale is 0."""

    def next(self) -> float:
        bad = any(self.bad.values())
        return 0.0 if bad and self.now < 2.0**-100 else super().next()

    def unscale_(self, optimizer: Optimizer) -> None:
        now, self.now = self.now, self.now or 1.0
        super().unscale_(optimizer)
        self.now = now


class Together(Scaling):
    """Of a group of processes, any of which may meet what is not finite."""

    def __init__(self, process_group: Any = None, **more: Any) -> None:
        super().__init__(**more)
        self.group = process_group

    def unscale_(self, optimizer: Optimizer) -> None:
        super().unscale_(optimizer)
        met = torch.tensor([float(self.bad[id(optimizer)])])
        torch.distributed.all_reduce(met, group=self.group)
        self.bad[id(optimizer)] = bool(met > 0)


class EachForItself(Together):
    def unscale_(self, optimizer: Optimizer) -> None:
        Scaling.unscale_(self, optimizer)


class AgreesOnTheScaleAlone(Together):
    """Makes the step all the same if its own gradients are finite."""

    def skips(self, optimizer: Optimizer) -> bool:
        slopes = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        return not all(map(self.finite, slopes))


class OfItsRows(Scaling):
    """Looks at the rows that it has of gradients that are divided."""

    def finite(self, slope: Tensor) -> bool:
        return super().finite(slope.to_local() if hasattr(slope, "to_local") else slope)
