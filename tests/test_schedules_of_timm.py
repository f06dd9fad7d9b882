"""What is stable and then decays, and the plateau that waits for a warm-up, written again."""

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from torch.optim import Optimizer

import lawful
from lawful.properties.schedules.course import course
from lawful.verify.evidence import Verdict
from lawful.verify.language.schedules import schedules

Values = dict[str, Any]
BASE = 0.1


STABLE: dict[str, Callable[[float, Values], float]] = {
    "constant": lambda t, v: 1.0,
    "rsqrt": lambda t, v: (1 + t / (v["stable_timescale"] or v["warmup_t"])) ** -0.5,
    "power": lambda t, v: (1 + t / v["stable_timescale"]) ** -v["stable_power"],
}
DECAYS: dict[str, Callable[[float, Values], float]] = {
    "1-sqrt": lambda x, v: 1 - math.sqrt(x),
    "linear": lambda x, v: 1 - x,
    "cosine": lambda x, v: (1 + math.cos(math.pi * x)) / 2,
    "power": lambda x, v: float(1 - x ** v["decay_power"]),
    "exp": lambda x, v: float((v["decay_ratio"] ** x - v["decay_ratio"]) / (1 - v["decay_ratio"])),
}


def stable_then_down(k: int, v: Values) -> float:
    if k < v["warmup_t"]:
        return float(v["warmup_lr_init"] + (BASE - v["warmup_lr_init"]) * k / v["warmup_t"])
    done, least = k - v["warmup_t"], v["lr_min"]
    high = max(BASE * STABLE[v["stable_fn"]](done, v), least)
    gone = min(max(done - v["t_initial"] + v["decay_t"], 0) / v["decay_t"], 1.0)
    return float(least + (high - least) * DECAYS[v["decay_fn"]](gone, v))


def test_what_is_stable_and_then_decays() -> None:
    schedule = schedules()["stabledecay"]
    for values in schedule.settings():
        whole = {**schedule.defaults, **values}
        due = [stable_then_down(k, whole) for k in range(50)]
        told = islice(course(*schedule.of(whole), BASE), 50)
        assert [float(each.rate.value) for each in told if each.rate] == pytest.approx(
            due, rel=1e-12, abs=1e-15
        )


class WaitingPlateau:
    """The plateau that waits for a warm-up, once more; and told it wrongly, one that counts while it warms up."""

    def __init__(
        self, optimizer: Optimizer, decay_rate: float = 0.5, patience_t: int = 2, warmup_t: int = 3
    ) -> None:
        self.optimizer, self.factor, self.patience, self.warm = optimizer, decay_rate, patience_t, warmup_t
        self.best, self.bad, self.done = -math.inf, 0, 0
        self.bases = [group["lr"] for group in optimizer.param_groups]
        if warmup_t:
            self.put(0.0)

    def put(self, share: float) -> None:
        for group, base in zip(self.optimizer.param_groups, self.bases, strict=True):
            group["lr"] = base * share

    def waits(self) -> bool:
        return self.done <= self.warm

    def step(self, epoch: int, metric: float) -> None:
        self.done = epoch
        if self.done <= self.warm:
            self.put(self.done / self.warm)
        if self.waits():
            return
        better = metric > self.best + abs(self.best) * 1e-4 if math.isfinite(self.best) else True
        self.best, self.bad = (metric, 0) if better else (self.best, self.bad + 1)
        if self.bad > self.patience:
            self.bad = 0
            for group in self.optimizer.param_groups:
                lower = group["lr"] * self.factor
                group["lr"] = lower if group["lr"] - lower > 1e-8 else group["lr"]


class HastyPlateau(WaitingPlateau):
    def waits(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("scheduler", "verdict"), [(WaitingPlateau, Verdict.LAWFUL), (HastyPlateau, Verdict.UNLAWFUL)]
)
def test_a_plateau_waits_for_the_warm_up(scheduler: Any, verdict: Verdict) -> None:
    seen = lawful.check(scheduler, rule="plateau_after_warmup(mode='max')", properties=["schedule"])
    assert seen.verdict is verdict, repr(seen)
