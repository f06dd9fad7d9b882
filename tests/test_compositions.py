"""Compositions of schedules, restarts within them too, are the composed law; and what holds it, is not refused."""

import math
from itertools import islice
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import ChainedScheduler, CosineAnnealingWarmRestarts, ExponentialLR

import lawful
from examples import compositions as own
from lawful.properties.schedules.course import course
from lawful.verify.evidence import Verdict
from lawful.verify.language.schedule import Part
from lawful.verify.language.schedules import schedules
from lawful.verify.schedules.exponential import exponential
from lawful.verify.schedules.sequential import sequential
from lawful.verify.schedules.warm_restarts import warm_restarts

IN_TURN = {"rule": "sequential", "properties": ("schedule", "sensible-rates")}
RIGHT: list[tuple[Any, dict[str, Any]]] = [(own.InTurn, IN_TURN)]
WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (own.GoesOnFromWhatIsThere, "schedule", {"rule": "sequential"}),
    (own.NeverTheLast, "schedule", {"rule": "sequential"}),
    (torch.optim.lr_scheduler.SequentialLR, "schedule", {}),
]


@pytest.mark.parametrize(("scheduler", "how"), RIGHT, ids=[s.__name__ for s, _ in RIGHT])
def test_what_composes_rightly_is_not_refused(scheduler: Any, how: dict[str, Any]) -> None:
    seen = lawful.check(scheduler, **how)
    assert seen.verdict is Verdict.LAWFUL, repr(seen)


@pytest.mark.parametrize(("scheduler", "asked", "how"), WRONG, ids=[s.__name__ for s, _, _ in WRONG])
def test_what_composes_wrongly_is_found(scheduler: Any, asked: str, how: dict[str, Any]) -> None:
    assert lawful.check(scheduler, properties=[asked], **how).verdict is Verdict.UNLAWFUL


def restarts(k: int, first: int = 2, times: int = 2, least: float = 0.01) -> float:
    while k >= first:
        k, first = k - first, first * times
    return least + (0.1 - least) * (1 + math.cos(math.pi * k / first)) / 2


RESTARTS = Part(warm_restarts, {"T_0": 2, "T_mult": 2, "eta_min": 0.01})
DECAY = Part(exponential, {"gamma": 0.5})


def rates(values: dict[str, Any], steps: int) -> list[float]:
    told = course(*sequential.of(values), 0.1)
    return [float(each.rate.value) for each in islice(told, steps) if each.rate is not None]


def test_each_part_counts_its_own_restarts() -> None:
    found = rates({"schedulers": (RESTARTS, RESTARTS, DECAY), "milestones": (5, 18)}, 22)
    due = [restarts(k) if k < 5 else restarts(k - 5) if k < 18 else 0.1 * 0.5 ** (k - 18) for k in range(22)]
    assert found == pytest.approx(due, rel=1e-12)


def test_restarts_in_a_sequence_in_a_sequence_count_from_where_they_begin() -> None:
    inner = Part(sequential, {"schedulers": (DECAY, RESTARTS), "milestones": (3,)})
    found = rates({"schedulers": (RESTARTS, inner), "milestones": (4,)}, 20)
    due = [restarts(k) if k < 4 else 0.1 * 0.5 ** (k - 4) if k < 7 else restarts(k - 7) for k in range(20)]
    assert found == pytest.approx(due, rel=1e-12)


def test_torch_holds_restarts_in_a_sequence() -> None:
    """Of all compositions that are asked, those with restarts at the top are held."""
    seen = lawful.check("torch.optim.lr_scheduler:SequentialLR", properties=["schedule"])
    told = [f.message for each in seen.results.values() for f in each.findings]
    assert any("MultiplicativeLR" in message for message in told)
    assert all("ChainedScheduler" in message for message in told if "WarmRestarts" in message)


@pytest.mark.parametrize("first", [True, False])
def test_what_is_no_factor_is_no_part_of_a_chain(first: bool) -> None:
    """Restarts write what the formula says, whatever is there: what comes before them is lost, what comes after is a
    factor once, and not once for each step. ChainedScheduler takes "chainable" ones, and does not say which."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    parts = [ExponentialLR(optimizer, 0.5), CosineAnnealingWarmRestarts(optimizer, 2, 2, 0.01)]
    chain = ChainedScheduler(parts if first else parts[::-1])
    for k in range(1, 8):
        optimizer.step()
        chain.step()
        assert optimizer.param_groups[0]["lr"] == pytest.approx(restarts(k) * (1 if first else 0.5))


def test_every_composition_is_asked_with_restarts_and_within_another() -> None:
    tried = [values["schedulers"] for values in schedules()["sequential"].settings()]
    within = [part for parts in tried for part in parts if part.schedule.name in ("sequential", "chained")]
    assert any(part.schedule is warm_restarts for parts in tried for part in parts) and len(within) >= 4
    assert any(
        part.schedule.name == "chained"
        for parts in schedules()["chained"].domains["schedulers"]
        for part in parts
    )
