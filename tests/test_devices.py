"""What can be known of accelerators without one: tensors on a device that is only pretended, and what is planned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from lawful.properties.checks import plan_for
from lawful.properties.driving import Captured
from lawful.properties.runs.judging import Tally
from lawful.properties.runs.running import RefusedError
from lawful.properties.scenarios.scenarios import expand
from lawful.properties.settings import Settings
from lawful.properties.sharding import scenario_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.encoding import decode
from lawful.verify.language.families import rules
from lawful.verify.language.family import Family
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.oracle.scalars import evaluated
from lawful.verify.workers import worker

FAMILIES = {family.name: family for family in rules().values()}
WAITS = {"muon"}
"""Rules whose budget is steered by singular values, which the processor reads in every step."""


@pytest.fixture(autouse=True)
def nothing_pretended_is_kept() -> Iterator[None]:
    """Scalars are kept from run to run, with what has been computed of them."""
    evaluated.cache_clear()
    yield
    evaluated.cache_clear()


def judge(family: Family, dtype: torch.dtype) -> None:
    """Two steps of the oracle, each compared, on tensors that have a device and no values.

    Whoever asks for a value, or mixes devices, gets an error.
    """
    rule = family()
    hyper = {s: torch.finfo(dtype).eps if v != v else float(v) for s, v in rule.defaults.items()}
    with FakeTensorMode():
        x = torch.empty((4, 6) if rule.scope == "tensor" else (24,), device="cuda", dtype=dtype)
        oracle, tally = Oracle(rule, FORMATS[dtype].flushing()), Tally()
        state = oracle.start(x, hyper)
        for _ in range(2):
            state = oracle.step(state, x.clone(), hyper)
            ratio = tally.add(state.x, x.to(torch.float64))
        assert ratio.device.type == "cuda" and tally.comparisons == 48


@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - WAITS))
def test_judging_a_step_stays_on_the_device(name: str) -> None:
    judge(FAMILIES[name], torch.float32)


def test_it_does_in_double_double_too() -> None:
    judge(FAMILIES["adamw"], torch.float64)


@pytest.mark.parametrize("number", ["no_verdict", "worst", "median"])
def test_asking_for_a_number_is_noticed(number: str) -> None:
    with FakeTensorMode():
        tally, x = Tally(), torch.empty(5, device="cuda")
        tally.add(Oracle(FAMILIES["sgd"](), FORMATS[torch.float32]).ball(x), x.to(torch.float64))
        with pytest.raises(RuntimeError):
            getattr(tally, number)


def test_mixing_devices_is_noticed() -> None:
    with FakeTensorMode(), pytest.raises(Exception, match=r"same device|two devices"):
        torch.empty(3, device="cuda") + torch.empty(3)


# --------------------------------------------------------------------------------------------- what is planned
def asked(device: str, profile: str = "quick") -> set[str]:
    candidate = Candidate.of("torch.optim:AdamW")
    return {c.property for c in plan_for(candidate, "adamw", "", Settings(profile, devices=(device,)))}


def test_devices_are_asked_what_concerns_them() -> None:
    here, there = asked("cpu"), asked("cuda")
    assert {"conformance", "idle"} <= here & there
    assert {"cuda-graph", "devices-agree"} <= there - here
    assert {"memory", "first_step_of_adam"} <= here - there, "run on the CPU whatever the device"
    assert "several-devices" not in here


def test_what_takes_long_is_asked_by_name() -> None:
    assert "compiled-step" not in asked("cpu") | asked("cpu", "default")
    assert "compiled-step" in asked("cpu", "thorough")
    candidate = Candidate.of("lion")
    assert plan_for(candidate, "lion", "", Settings("quick", only=("compiled-step",)))


def test_only_what_is_capturable_is_captured() -> None:
    candidate = Candidate.of("torch.optim:AdamW")
    scenario = scenario_of(candidate, 0)
    with pytest.raises(RefusedError, match="capturable"):
        Captured(candidate, candidate.paths["foreach"], scenario, expand(scenario, torch.float32))


# ------------------------------------------------------------------------------------------- kernels that fault
def broken() -> None:
    raise RuntimeError("CUDA error: an illegal memory access was encountered")


def test_a_fault_is_the_answer_and_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check may swallow the error of a kernel; the device does not come back."""
    assert decode(worker.answered("math:sqrt", (4.0,))) == ["answer", 2.0]
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", broken)
    kind, said = decode(worker.answered("math:sqrt", (4.0,)))
    assert kind == "raised" and "illegal memory access" in said
