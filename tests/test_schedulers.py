"""Schedulers that keep their schedule are never refused, those that do not are found; and who is asked what."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

import lawful
from examples import schedulers as own
from examples.greedy import KeepsASum
from examples.pages import blocks, page
from lawful.properties.checks import plan, properties
from lawful.properties.schedules.course import course
from lawful.properties.schedules.driving import Bench
from lawful.properties.schedules.following import follow
from lawful.properties.settings import Settings
from lawful.verify.candidates.describing import describe, listed
from lawful.verify.candidates.scheduler import Scheduler, is_scheduler
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Severity, Verdict
from lawful.verify.language.schedules import find_schedule, schedules

RAMP = {"rule": "linear(end_factor=1.0)"}
"""Of classes in the manner of `Ramp`, as they are asked."""

RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (own.Cosine, {"rule": "cosine"}),
    (own.CosineThatStays, {"rule": 'cosine(after="stays")'}),
    (own.CosineInItsFormat, {"rule": "cosine", "properties": ("schedule", "scheduled-format", "long-run")}),
    (own.CountsOn, {"rule": "cosine"}),
    (torch.optim.lr_scheduler.ExponentialLR, {"rule": "exponential"}),
    (own.Ramp, RAMP),
    (own.warm_up, {"rule": "linear(start_factor=0.0)", "names": {"total_iters": "steps"}}),
    (own.Plateau, {"rule": "plateau"}),
    (
        own.EndingOneCycle,
        {"rule": "one_cycle", "properties": ("schedule", "after-the-end", "sensible-rates")},
    ),
]


@pytest.mark.parametrize(("scheduler", "asked"), RIGHT, ids=[s.__name__ for s, _ in RIGHT])
def test_what_is_right_is_not_refused(scheduler: Any, asked: dict[str, Any]) -> None:
    seen = lawful.check(scheduler, **asked)
    pairs = zip(seen.checks, seen.results.values(), strict=True)
    # torch's base class hands on the rates of the scheduler before
    found = [check.property for check, each in pairs if each.findings and check.property != "scheduled-anew"]
    assert seen.verdict is Verdict.LAWFUL and not found, repr(seen)


def test_what_takes_the_rates_that_are_there_may_be_made_anew() -> None:
    assert lawful.check(own.Ramp, properties=["scheduled-anew"], **RAMP).verdict is Verdict.LAWFUL


class CountsCyclesFromTwo(torch.optim.lr_scheduler.CyclicLR):
    """Of a function of the user's alone."""

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        base_lr: float,
        max_lr: float,
        scale_fn: Any = None,
        **more: Any,
    ):
        late = None if scale_fn is None else lambda x: scale_fn(x + 1)
        super().__init__(optimizer, base_lr, max_lr, scale_fn=late, **more)


COSINE, CYCLE, PLATEAU = {"rule": "cosine"}, {"rule": "one_cycle"}, {"rule": "plateau"}
WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (own.OneStepAhead, "schedule", RAMP),
    (own.LateFirstRate, "schedule", RAMP),
    (own.FirstGroupOnly, "schedule", RAMP),
    (own.GoesOn, "schedule", RAMP),
    (own.InFloat32, "schedule", RAMP),
    (own.SaysTheOldRate, "schedule", RAMP),
    (own.CosineThatStays, "schedule", COSINE),
    (own.Cosine, "schedule", {"rule": 'cosine(after="stays")'}),
    (CountsCyclesFromTwo, "schedule", {"rule": "cyclic"}),
    (own.Amnesiac, "resumed-schedule", RAMP),
    (own.LoadsOnce, "schedule-state", RAMP),
    (own.KeepsCode, "schedule-saved", RAMP),
    (own.Shares, "schedule-state-apart", RAMP),
    (own.Swings, "sensible-rates", RAMP),
    (own.Rebinds, "scheduled-tensor", RAMP),
    (own.LosesDigitsOfTensors, "scheduled-tensor", RAMP),
    (own.SharesTensors, "scheduled-tensor", RAMP),
    (own.ThroughBfloat16, "scheduled-format", RAMP),
    (own.Widens, "scheduled-format", RAMP),
    (own.BeginsAgain, "long-run", RAMP),
    (own.MultipliesWhatIsThere, "rate-moves", RAMP),
    (own.StopsMomentum, "touches-nothing-else", RAMP),
    (own.ChangesDefaults, "touches-nothing-else", RAMP),
    (own.LetsNoOneCount, "degenerate-lengths", COSINE),
    (own.Multiplies, "rate-set-by-hand", COSINE),
    (own.LeavesLateGroups, "scheduled-late-group", RAMP),
    (own.RemembersTheFirst, "scheduled-anew", RAMP),
    (torch.optim.lr_scheduler.LambdaLR, "scheduled-anew", {}),
    (torch.optim.lr_scheduler.OneCycleLR, "after-the-end", CYCLE),
    (torch.optim.lr_scheduler.StepLR, "resumed-by-last-epoch", {"rule": "step"}),
    (torch.optim.lr_scheduler.ReduceLROnPlateau, "equal-is-not-better", PLATEAU),
    (KeepsASum, "bad-metric-is-forgotten", {"rule": "greedy"}),
]


@pytest.mark.parametrize(("scheduler", "asked", "how"), WRONG, ids=[f"{s.__name__}-{p}" for s, p, _ in WRONG])
def test_what_is_wrong_is_found(scheduler: Any, asked: str, how: dict[str, Any]) -> None:
    seen = lawful.check(scheduler, properties=[asked], **how)
    assert seen.verdict is Verdict.UNLAWFUL
    assert all(finding.script for evidence in seen.results.values() for finding in evidence.findings)


def test_of_tensors_nothing_is_promised_by_what_is_none_of_torchs() -> None:
    alone = type(
        "Alone", (), {n: v for n, v in vars(own.Ramp).items() if n not in ("__dict__", "__weakref__")}
    )
    rebinding = type("Rebinding", (alone,), {"put": own.Rebinds.put})
    seen = lawful.check(rebinding, properties=["schedule", "scheduled-tensor"], **RAMP)
    assert seen.verdict is Verdict.LAWFUL and not any(e.findings for e in seen.results.values())


def test_every_question_has_a_twin_that_fails_it() -> None:
    asked = {name for name, each in properties().items() if each.asks is Scheduler}
    assert asked == {name for _, name, _ in WRONG}


APART = [s for s, name, how in WRONG if how is RAMP and name not in ("schedule", "sensible-rates")]


@pytest.mark.parametrize("scheduler", APART, ids=[s.__name__ for s in APART])
def test_what_breaks_another_promise_still_keeps_its_schedule(scheduler: Any) -> None:
    assert (
        lawful.check(scheduler, properties=["schedule", "sensible-rates"], **RAMP).verdict is Verdict.LAWFUL
    )


# --------------------------------------------------------------------------------------------------- the bound
lengths, shares = st.integers(1, 30), st.floats(0.01, 1.0)
DRAWN: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": lengths, "gamma": shares},
    "ConstantLR": {"factor": shares, "total_iters": lengths},
    "LinearLR": {"start_factor": shares, "end_factor": shares, "total_iters": lengths},
    "PolynomialLR": {"total_iters": lengths, "power": st.floats(0.2, 4.0)},
    "CosineAnnealingLR": {"T_max": lengths, "eta_min": shares},
    "CyclicLR": {"base_lr": shares, "max_lr": shares, "step_size_up": lengths, "step_size_down": lengths},
    "OneCycleLR": {"max_lr": shares, "total_steps": st.integers(5, 30), "pct_start": st.floats(0.25, 1.0)},
}


@pytest.mark.parametrize("name", DRAWN)
@settings(derandomize=True, max_examples=12, deadline=None)
@given(data=st.data())
def test_torch_is_within_the_bound_whatever_the_hyperparameters(name: str, data: st.DataObject) -> None:
    scheduler = Scheduler.of(f"torch.optim.lr_scheduler:{name}")
    values = {
        **scheduler.schedule.defaults,
        **{n: data.draw(drawn, label=n) for n, drawn in DRAWN[name].items()},
    }
    seen = follow(Bench(scheduler, values))
    assert seen.finding is None and max(seen.ratios) <= 1


def test_the_bound_is_no_wider_than_the_roundings() -> None:
    """Of gamma to the k: no more than a unit in the last place for each step, and one for the base."""
    for k, told in enumerate(islice(course(*schedules()["exponential"].of({"gamma": 0.9}), 0.1), 50)):
        assert told.rate is not None
        assert told.rate.error <= (k + 2) * 2.0**-53 * abs(told.rate.value) * (1 + 1e-9)


def test_the_values_are_those_of_the_formula() -> None:
    with mp.workdps(50):
        for k, told in enumerate(
            islice(course(*schedules()["cosine"].of({"T_max": 7, "eta_min": 0.25}), 1.0), 22)
        ):
            assert told.rate is not None
            exact = mp.mpf(1) / 4 + mp.mpf(3) / 8 * (1 + mp.cos(mp.pi * k / 7))
            assert abs(mp.mpf(told.rate.value.mid().str(50, radius=False)) - exact) < 1e-45


@pytest.mark.parametrize("name", list(schedules()))
def test_a_recursion_is_the_closed_form(name: str) -> None:
    """To 60 digits, at every step and setting: the other form is no other schedule."""
    schedule = schedules()[name]
    for values in schedule.settings():
        assert along(schedule, values) < 1e-40


def along(schedule: Any, values: Any) -> Any:
    """How far the recursion, in 60 digits, is from the formula at most."""
    from lawful.properties.schedules.evaluating import evaluated
    from lawful.verify.language.schedule import b, eta, k

    formula, given = schedule.of(values)
    if formula.recursion is None:
        return arb(0)
    here, last = {**given, b: 0.1}, 3 * int(float(evaluated(formula.length, given).value))
    at = {**here, k: 0, **{s: evaluated(begin, given) for s, (begin, _) in formula.state.items()}}
    rate, worst = evaluated(formula.rate, at).value, arb(0)
    for step in range(1, min(last, 60) + 1):
        at = {**here, k: step, **{s: evaluated(after, at) for s, (_, after) in formula.state.items()}}
        again = evaluated(formula.recursion, {**at, eta: rate})
        if not again.error < 1:
            return worst  # where it divides by 0 it says nothing
        rate, worst = again.value, max(worst, abs(again.value - evaluated(formula.rate, at).value))
    return worst


# ------------------------------------------------------------------------------------------------- what is asked
def test_torch_s_schedulers_are_all_there() -> None:
    named = set(torch.optim.lr_scheduler.__all__) - {"LRScheduler"}
    assert {target.rpartition(":")[2] for target in listed("torch.optim.lr_scheduler").asked} == named


def test_a_scheduler_is_asked_no_question_about_optimizers() -> None:
    checks = plan(describe("torch.optim.lr_scheduler:StepLR"), "", Settings())
    assert {properties()[check.property].asks for check in checks} == {Scheduler}
    assert {check.kind for check in checks} == {"scheduler"} and {check.rule for check in checks} == {"step"}


def test_an_optimizer_is_asked_no_question_about_schedulers() -> None:
    checks = plan(describe("torch.optim:SGD"), "", Settings())
    assert checks and not any(properties()[check.property].asks is Scheduler for check in checks)


def test_what_takes_an_optimizer_and_is_one_is_no_scheduler() -> None:
    class Wrapper(torch.optim.Optimizer):
        def __init__(self, optimizer: torch.optim.Optimizer) -> None:
            super().__init__(optimizer.param_groups, {})

    def by_name(params: Any, optimizer: str = "SGD") -> torch.optim.Optimizer:
        made: torch.optim.Optimizer = getattr(torch.optim, optimizer)(params)
        return made

    scheduler = torch.optim.lr_scheduler
    assert all(map(is_scheduler, (scheduler.StepLR, scheduler.ChainedScheduler, own.warm_up, own.Shares)))
    assert not any(map(is_scheduler, (Wrapper, torch.optim.SGD, by_name)))


@pytest.mark.parametrize(
    ("rule", "names", "said"),
    [
        ("", {}, "claims no schedule by its name"),
        ("cosin", {}, "did you mean cosine"),
        ("adamw", {}, "unknown schedule 'adamw'"),
        ("linear", {}, "is not bound to linear: say --arg steps=VALUE"),
        ('cosine(after="falls")', {}, "after is one of 'rises', 'stays'"),
        ("cosine(T=3)", {}, "unknown hyperparameter or convention of cosine 'T'"),
        ("linear(start_factor=0.0)", {"total_iters": "stepz"}, "did you mean steps"),
    ],
)
def test_what_cannot_be_asked_is_said(rule: str, names: dict[str, str], said: str) -> None:
    with pytest.raises(Unanswerable, match=said.replace("(", r"\(")):
        Scheduler.of(own.warm_up, rule, names=names)


def test_a_schedule_is_found_with_its_conventions() -> None:
    schedule, pinned = find_schedule('cosine(after="stays", eta_min=0.5)')
    assert schedule.name == "cosine" and pinned == {"after": "stays", "eta_min": 0.5}


def test_findings_say_how_to_see_them_with_torch_alone(tmp_path: Path) -> None:
    seen = lawful.check("torch.optim.lr_scheduler:ConstantLR", properties=["schedule"])
    findings = [finding for evidence in seen.results.values() for finding in evidence.findings]
    zero = next(finding for finding in findings if "factor=0.0" in finding.message)
    with pytest.raises(ZeroDivisionError):
        exec(compile(zero.script, "shown", "exec"), {})


@pytest.mark.skipif(
    not torch.__version__.startswith(("2.13.", "2.14.")), reason="it was found in these releases"
)
@pytest.mark.filterwarnings("ignore")
def test_what_the_page_says_of_torch_is_so() -> None:
    code = "\n".join(blocks(page("schedules.md"), "python"))
    assert "assert rates(" in code
    exec(compile(code, "schedules.md", "exec"), {})


def test_a_departure_is_drawn_beside_the_schedule() -> None:
    seen = lawful.check(own.GoesOn, properties=["schedule"], **RAMP)
    law, found, mark = seen.report.figures[0].series
    (at,) = map(int, mark.x)
    assert (law.name, found.name, mark.name) == ("the schedule", "seen", f"departs at step {at}")
    assert found.y[:at] == pytest.approx(law.y[:at]) and mark.y == [found.y[at]] != [law.y[at]]
    assert len(found.y) == len(law.y)


def test_what_is_hardly_used_stands_beside_the_verdict() -> None:
    seen = lawful.check("torch.optim.lr_scheduler:CosineAnnealingLR")
    beside = [
        check for check, evidence in zip(seen.checks, seen.results.values(), strict=True) if evidence.beside
    ]
    assert seen.verdict is Verdict.LAWFUL and {check.severity for check in beside} == {Severity.EXTRA}
