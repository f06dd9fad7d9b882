"""Scalers of losses that follow their recursion are never refused, those that do not are found."""

from pathlib import Path
from typing import Any

import pytest
import torch

import lawful
from examples import scalers as own
from examples.pages import blocks, page
from lawful.properties.checks import properties
from lawful.verify.candidates.scaler import Scaler
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict

RULE = {"rule": "loss_scale"}


RIGHT: list[tuple[Any, dict[str, Any]]] = [(own.Scaling, RULE), (own.Together, RULE)]


@pytest.mark.parametrize(("scaler", "how"), RIGHT)
def test_what_is_right_is_not_refused(scaler: Any, how: dict[str, Any]) -> None:
    seen = lawful.check(scaler, **how)
    found = {c.property for c, e in zip(seen.checks, seen.results.values(), strict=True) if e.findings}
    assert seen.verdict is Verdict.LAWFUL and found <= {"skipped-on-the-rows-of-one"}, repr(seen)


def test_torchs_follows_its_recursion() -> None:
    seen = lawful.check("torch.amp:GradScaler")
    found = {c.property for c, e in zip(seen.checks, seen.results.values(), strict=True) if e.findings}
    assert seen.verdict is Verdict.LAWFUL and found == {"scale-recovers"}


def test_torch_s_for_several_processes_shares_what_one_of_them_meets() -> None:
    target = "torch.distributed.fsdp.sharded_grad_scaler:ShardedGradScaler"
    seen = lawful.check(target, rule="loss_scale", properties=["skipped-on-every-rank", "skipped-steps"])
    assert seen.verdict is Verdict.LAWFUL
    assert lawful.check(target, rule="loss_scale", properties=["loss-scale"]).verdict is Verdict.UNLAWFUL


WRONG: list[tuple[type, str, dict[str, Any]]] = [
    (own.GrowsLate, "loss-scale", RULE),
    (own.CountsOn, "loss-scale", RULE),
    (own.BacksOffForEach, "loss-scale", RULE),
    (own.GrowsToInfinity, "loss-scale", RULE),
    (own.SaysTheFirst, "loss-scale", RULE),
    (own.SkipsAll, "skipped-steps", RULE),
    (own.KnowsNoNumber, "skipped-steps", RULE),
    (own.UnscalesTwice, "unscaled-gradients", RULE),
    (own.LosesDigits, "unscaled-gradients", RULE),
    (own.ForgetsTheCount, "resumed-scaler", RULE),
    (own.GivesItsOwn, "scaler-state", RULE),
    (own.DeafToHands, "scale-set-by-hand", RULE),
    (own.EachForItself, "skipped-on-every-rank", RULE),
    (own.AgreesOnTheScaleAlone, "skipped-on-every-rank", RULE),
    (own.OfItsRows, "skipped-on-the-rows-of-one", RULE),
    (own.Scaling, "skipped-on-the-rows-of-one", RULE),
    (own.UnscalesAgain, "unscaled-once", RULE),
    (own.StandsStill, "scale-recovers", RULE),
    (torch.amp.GradScaler, "scale-recovers", RULE),
]


@pytest.mark.parametrize(("scaler", "asked", "how"), WRONG, ids=[f"{s.__name__}-{p}" for s, p, _ in WRONG])
def test_what_is_wrong_is_found(scaler: type, asked: str, how: dict[str, Any]) -> None:
    seen = lawful.check(scaler, properties=[asked], **how)
    assert seen.verdict is Verdict.UNLAWFUL
    assert all(finding.script for evidence in seen.results.values() for finding in evidence.findings)


def test_every_question_has_a_twin_that_fails_it() -> None:
    assert {name for name, each in properties().items() if each.asks is Scaler} == {
        name for _, name, _ in WRONG
    }


APART = [
    s for s, name, _ in WRONG if name not in ("loss-scale", "skipped-steps") and s is not torch.amp.GradScaler
]


@pytest.mark.parametrize("scaler", APART, ids=[s.__name__ for s in APART])
def test_what_breaks_another_promise_still_follows_its_recursion(scaler: type) -> None:
    assert lawful.check(scaler, properties=["loss-scale"], **RULE).verdict is Verdict.LAWFUL


@pytest.mark.parametrize(
    ("make", "target", "rule", "said"),
    [
        (Scaler.of, own.Scaling, "", "claims no schedule by its name"),
        (Scaler.of, own.Scaling, "linear", "is a scaler, and linear the schedule of a rate"),
        (Scheduler.of, torch.optim.lr_scheduler.StepLR, "loss_scale", "loss_scale the schedule of a scale"),
    ],
)
def test_what_cannot_be_asked_is_said(make: Any, target: Any, rule: str, said: str) -> None:
    with pytest.raises(Unanswerable, match=said):
        make(target, rule)


def test_what_the_page_says_is_so() -> None:
    code = "\n".join(blocks(page("scalers.md"), "python"))
    assert "GradScaler(" in code
    exec(compile(code, "scalers.md", "exec"), {})


def test_a_class_of_another_name_is_asked_by_what_is_said_of_it() -> None:
    """Before it is known what it is asked, it is described: no optimizer is expected of it then."""
    target = f"{Path(__file__).parent}/examples/scalers.py:Scaling"
    assert lawful.check(target, rule="loss_scale", properties=["scale-set-by-hand"]).verdict is Verdict.LAWFUL
