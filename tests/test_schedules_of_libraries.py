"""Schedules of transformers and timm: each is what its words say, written again here; who follows one is not refused,
who is a step late is."""

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

import lawful
from examples import greedy as own
from lawful.properties.schedules.course import _by_formula, course
from lawful.properties.schedules.driving import METRICS, Bench
from lawful.properties.schedules.identifying import identified
from lawful.properties.schedules.rounding import DOUBLE, ball
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Verdict
from lawful.verify.language.schedule import b
from lawful.verify.language.schedules import find_schedule, schedules
from lawful.verify.schedules.greedy import bar, seen

Values = dict[str, Any]
BASE = 0.1


def ramp(k: int, v: Values) -> float | None:
    return BASE * k / v["num_warmup_steps"] if k < v["num_warmup_steps"] else None


def gone(k: int, v: Values) -> float:
    """The share of the way that is behind, after the warm-up."""
    way = v["num_training_steps"] - v["num_warmup_steps"]
    return (k - v["num_warmup_steps"]) / way if way > 0 else 1.0


def constant(k: int, v: Values) -> float:
    return BASE


def linear(k: int, v: Values) -> float:
    return BASE * max(0.0, 1 - gone(k, v))


def cosine(k: int, v: Values) -> float:
    return BASE / 2 * (1 + math.cos(math.pi * 2 * v["num_cycles"] * gone(k, v)))


def to_least(k: int, v: Values) -> float:
    least = v["min_lr"] if v["min_lr"] is not None else v["min_lr_rate"] * BASE
    return least + (1 - least / BASE) * cosine(k, v)


def restarts(k: int, v: Values) -> float:
    done, steps = (
        (k - v["num_warmup_steps"]) * v["num_cycles"],
        v["num_training_steps"] - v["num_warmup_steps"],
    )
    return (
        0.0 if k >= v["num_training_steps"] else BASE / 2 * (1 + math.cos(math.pi * (done % steps) / steps))
    )


def polynomial(k: int, v: Values) -> float:
    left = max(0.0, 1 - gone(k, v))
    return v["lr_end"] + (BASE - v["lr_end"]) * float(left ** v["power"])


def inverse_root(k: int, v: Values) -> float:
    unit = v["timescale"] or v["num_warmup_steps"] or 10000
    return BASE / math.sqrt(1 + (k - v["num_warmup_steps"]) / unit)


AFTER: dict[str, Callable[[int, Values], float]] = {
    "constant_with_warmup": constant,
    "linear_with_warmup": linear,
    "cosine_with_warmup": cosine,
    "cosine_to_least_with_warmup": to_least,
    "restarts_with_warmup": restarts,
    "polynomial_with_warmup": polynomial,
    "inverse_sqrt": inverse_root,
}


@pytest.mark.parametrize("name", AFTER)
def test_a_schedule_with_a_warm_up_is_what_it_says(name: str) -> None:
    schedule, _ = find_schedule(name)
    for values in schedule.settings():
        full = {**schedule.defaults, **values}
        if full.get("after") == "stays":
            continue
        for k, rate in enumerate(rates(name, values, 40)):
            risen = ramp(k, full)
            assert rate == pytest.approx(
                AFTER[name](k, full) if risen is None else risen, rel=1e-12, abs=1e-17
            )


def rates(name: str, values: Values, steps: int) -> list[float]:
    schedule, _ = find_schedule(name)
    told = course(*schedule.of(values), BASE)
    return [float(each.rate.value) for each in islice(told, steps) if each.rate is not None]


def test_a_cosine_that_stays_stays() -> None:
    values = {"num_warmup_steps": 2, "num_training_steps": 6, "after": "stays"}
    assert rates("cosine_with_warmup", values, 12)[6:] == [0.0] * 6


def test_a_cosine_may_arrive_a_step_early() -> None:
    values = {"num_warmup_steps": 4, "num_training_steps": 8, "min_lr_rate": 0.5}
    found = rates("early_cosine_with_warmup", values, 8)
    assert found == pytest.approx(
        [BASE * f for f in (0.25, 0.5, 0.75, 1, *(0.5 + to(k / 4) for k in (1, 2, 3, 4)))]
    )
    found = rates("early_cosine_with_warmup", values | {"warmup_lr_rate": 0.1}, 4)
    assert found == pytest.approx([BASE * f for f in (0.1, 0.4, 0.7, 1)])


def to(share: float) -> float:
    return (1 + math.cos(math.pi * share)) / 4


def test_a_warm_up_a_stable_phase_and_a_decay() -> None:
    values = {"num_warmup_steps": 2, "num_decay_steps": 4, "num_training_steps": 9, "min_lr_ratio": 0.2}
    found = rates("wsd", values | {"decay_type": "linear"}, 12)
    due = [0.2, 0.6, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2]
    assert found == pytest.approx([BASE * factor for factor in due])
    assert rates("wsd", values | {"decay_type": "1-sqrt"}, 7)[6] == pytest.approx(BASE * (0.2 + 0.8 * 0.5))


CURVES: dict[str, Callable[[float, Values], float]] = {
    "cosine_cycles": lambda t, v: (1 + math.cos(math.pi * t ** v["k_decay"])) / 2,
    "polynomial_cycles": lambda t, v: float((1 - t ** v["k_decay"]) ** v["power"]),
    "tanh_cycles": lambda t, v: (1 - math.tanh(v["lb"] * (1 - t) + v["ub"] * t)) / 2,
}


@pytest.mark.parametrize("name", CURVES)
def test_a_schedule_in_cycles_is_what_it_says(name: str) -> None:
    schedule, _ = find_schedule(name)
    for values in schedule.settings():
        full = {**schedule.defaults, **values}
        for k, rate in enumerate(rates(name, values, 45)):
            assert rate == pytest.approx(cycled(k, full, CURVES[name], name), rel=1e-12, abs=1e-17)


def cycled(k: int, v: Values, curve: Callable[[float, Values], float], name: str) -> float:
    def of(height: float, share: float) -> float:
        return float(v["lr_min"]) + (height - v["lr_min"]) * curve(share, v)

    if k < v["warmup_t"]:
        meets = name != "tanh_cycles" or v["warmup_prefix"]
        to = BASE if meets else of(BASE, v["warmup_t"] / v["t_initial"])
        return float(v["warmup_lr_init"] + (to - v["warmup_lr_init"]) * k / v["warmup_t"])
    t, length, number = float(k - v["warmup_t"] if v["warmup_prefix"] else k), float(v["t_initial"]), 0
    while t >= length:
        t, length, number = t - length, length * v["cycle_mul"], number + 1
    return (
        of(BASE * v["cycle_decay"] ** number, t / length) if number < v["cycle_limit"] else float(v["lr_min"])
    )


@pytest.mark.parametrize(("name", "decay_t", "due"), [
    ("step_after_warmup", 3, [0, 1, 2, 2, 2, 1, 1, 1, 0.5]),
    ("multistep_after_warmup", (3, 6), [0, 1, 2, 2, 1, 1, 1, 0.5, 0.5]),
])  # fmt: skip
def test_stairs_after_a_warm_up(name: str, decay_t: Any, due: list[float]) -> None:
    """Those of many steps come a step before their milestone, as timm has it."""
    found = rates(name, {"decay_t": decay_t, "decay_rate": 0.5, "warmup_t": 2}, len(due))
    assert found == pytest.approx([BASE * factor / 2 for factor in due])


# ------------------------------------------------------------------------------------------ who follows them
def warm_cosine(optimizer: Optimizer, num_warmup_steps: int, num_training_steps: int) -> LambdaLR:
    def factor(k: int) -> float:
        v = {
            "num_warmup_steps": num_warmup_steps,
            "num_training_steps": num_training_steps,
            "num_cycles": 0.5,
        }
        return k / num_warmup_steps if k < num_warmup_steps else cosine(k, v) / BASE

    return LambdaLR(optimizer, factor)


def late_cosine(optimizer: Optimizer, num_warmup_steps: int, num_training_steps: int) -> LambdaLR:
    return warm_cosine(optimizer, num_warmup_steps, num_training_steps + 1)


class Told:
    """Counts for nobody: it is told how many steps are done, as timm's are."""

    def __init__(
        self, optimizer: Optimizer, decay_t: int, decay_rate: float = 1.0, warmup_t: int = 0
    ) -> None:
        self.optimizer, self.decay_t, self.rate, self.warm = optimizer, decay_t, decay_rate, warmup_t
        self.bases = [group.setdefault("initial_lr", group["lr"]) for group in optimizer.param_groups]
        self.step(0)

    def step(self, epoch: int) -> None:
        for group, base in zip(self.optimizer.param_groups, self.bases, strict=True):
            after = base * self.rate ** ((epoch - self.warm) // self.decay_t)
            group["lr"] = base * epoch / self.warm if epoch < self.warm else after

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.__dict__.update(state_dict)


class ToldLate(Told):
    def step(self, epoch: int) -> None:
        super().step(max(epoch - 1, 0))


SCHEDULE = ("schedule",)
RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (warm_cosine, {"rule": "cosine_with_warmup", "properties": SCHEDULE}),
    (Told, {"rule": "step_after_warmup", "properties": SCHEDULE}),
    (own.Greedy, {"rule": "greedy"}),
    (own.Smoothed, {"rule": "greedy"}),
]
WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (late_cosine, "schedule", {"rule": "cosine_with_warmup"}),
    (ToldLate, "schedule", {"rule": "step_after_warmup"}),
    (own.Impatient, "schedule", {"rule": "greedy"}),
    (own.OnlyFalls, "schedule", {"rule": "greedy"}),
    (own.WithoutBounds, "schedule", {"rule": "greedy"}),
    (own.ByTheFirstGroup, "schedule", {"rule": "greedy"}),
    (own.KeepsTheWindow, "schedule", {"rule": "greedy"}),
]


@pytest.mark.parametrize(("scheduler", "how"), RIGHT, ids=[s.__name__ for s, _ in RIGHT])
def test_who_follows_is_not_refused(scheduler: Any, how: dict[str, Any]) -> None:
    seen = lawful.check(scheduler, **how)
    assert seen.verdict is Verdict.LAWFUL, repr(seen)


@pytest.mark.parametrize(("scheduler", "asked", "how"), WRONG, ids=[s.__name__ for s, _, _ in WRONG])
def test_who_is_late_or_counts_otherwise_is_found(scheduler: Any, asked: str, how: dict[str, Any]) -> None:
    assert lawful.check(scheduler, properties=[asked], **how).verdict is Verdict.UNLAWFUL


def test_what_is_told_how_many_steps_are_done_is_told_so_in_the_script() -> None:
    schedule = schedules()["stepafterwarmup"]
    bench = Bench(Scheduler(ToldLate, schedule), {**schedule.defaults, "decay_t": 3})
    assert "scheduler.step(epoch=step + 1)" in bench.script(4)


def test_no_mean_is_so_near_to_the_bar_that_rounding_decides() -> None:
    """A mean that is kept as a sum is off by its roundings: none of those that are tried turns on them."""
    schedule = schedules()["greedy"]
    for values in (each for each in schedule.settings() if each.get("smooth")):
        formula, given = schedule.of(values)
        numbers = {**{s: ball(value) for s, value in given.items()}, b: ball(BASE)}
        steps = [here for here, _ in _by_formula(formula, numbers, METRICS, DOUBLE)][:-1]
        assert min(abs(float(here[seen].value - here[bar].value)) for here in steps) > 1e-9


def test_a_warm_up_with_a_cosine_is_identified() -> None:
    found = identified(warm_cosine, {})
    assert found.fits[0].rule == "cosine_with_warmup"
