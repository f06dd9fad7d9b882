"""Averages that follow their rule are never refused, those that do not are found; and who is asked what."""

from typing import Any

import pytest
import torch
from torch.optim import swa_utils

import lawful
from examples import averages as own
from examples.pages import blocks, page
from lawful.properties.averages.driving import Bench
from lawful.properties.averages.following import follow
from lawful.properties.checks import plan, properties
from lawful.properties.settings import Settings
from lawful.verify.candidates.averager import Averager
from lawful.verify.candidates.describing import describe, listed
from lawful.verify.candidates.statistics import Statistics
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Severity, Verdict
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import g, t, x

EMA, MEAN = {"rule": "averaged"}, {"rule": 'averaged(forgets="nothing")'}
PATIENT = {"rule": 'averaged(forgets="by a power")'}

RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (own.Ema, EMA),
    (own.Mean, MEAN),
    (own.Patient, PATIENT),
    (own.refresh, MEAN),
]


@pytest.mark.parametrize(("piece", "asked"), RIGHT, ids=[s.__name__ for s, _ in RIGHT])
def test_what_is_right_is_not_refused(piece: Any, asked: dict[str, Any]) -> None:
    seen = lawful.check(piece, **asked)
    assert seen.verdict is Verdict.LAWFUL and not any(e.findings for e in seen.results.values()), repr(seen)


def test_what_is_no_module_and_what_averages_from_the_first_weights_on_is_right_too() -> None:
    """In the format of the weights, which is told beside the verdict."""
    seen = lawful.check(own.Shadow, **EMA)
    assert seen.verdict is Verdict.LAWFUL
    assert {c.property for c, e in zip(seen.checks, seen.results.values(), strict=True) if e.findings} == {
        "average-arrives"
    }


WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (own.TheOtherWay, "average", EMA),
    (own.OneTooMany, "average", MEAN),
    (own.InFloat32, "average", EMA),
    (own.ForgetsSome, "average", EMA),
    (own.PatientFromTheFirst, "average", PATIENT),
    (own.Ema, "average", MEAN | {"arguments": {"decay": 0.5}}),
    (swa_utils.get_swa_multi_avg_fn, "average", {}),
    (own.PairsWhatItCan, "average-pairs", EMA),
    (own.AtEachPlace, "average-ties", EMA),
    (own.Broadcasts, "average-shapes", EMA),
    (own.SharesOneWeight, "average-apart", EMA),
    (own.Evaluates, "average-apart", EMA),
    (own.StopsTraining, "average-apart", EMA),
    (own.Amnesiac, "average-resumed", EMA),
    (own.Truncates, "averaged-buffers", EMA),
    (own.InTheModelsFormat, "average-arrives", EMA),
    (swa_utils.AveragedModel, "average-arrives", {}),
    (own.refresh_all_at_once, "statistics", MEAN),
    (own.refresh_with_momentum, "statistics", MEAN),
    (swa_utils.update_bn, "statistics-alone", {}),
    (swa_utils.update_bn, "statistics-interrupted", {}),
    (swa_utils.update_bn, "statistics-without-data", {}),
]


@pytest.mark.parametrize(("piece", "asked", "how"), WRONG, ids=[f"{s.__name__}-{p}" for s, p, _ in WRONG])
def test_what_is_wrong_is_found(piece: Any, asked: str, how: dict[str, Any]) -> None:
    seen = lawful.check(piece, properties=[asked], **how)
    assert seen.verdict is Verdict.UNLAWFUL, repr(seen)
    assert all(finding.script for evidence in seen.results.values() for finding in evidence.findings)


def test_every_question_has_a_twin_that_fails_it() -> None:
    asked = {name for name, each in properties().items() if each.asks in (Averager, Statistics)}
    assert asked == {name for _, name, _ in WRONG}


APART = [s for s, name, how in WRONG if how is EMA and name not in ("average", "average-arrives")]


@pytest.mark.parametrize("piece", sorted({*APART} - {own.SharesOneWeight}, key=str))
def test_what_breaks_another_promise_still_follows_its_rule(piece: Any) -> None:
    assert lawful.check(piece, properties=["average"], **EMA).verdict is Verdict.LAWFUL


@pytest.mark.parametrize(
    "name", ["AveragedModel", "get_swa_avg_fn", "get_ema_avg_fn", "get_ema_multi_avg_fn"]
)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("seed", [1, 2])
def test_torch_is_within_the_budget_on_other_weights(name: str, dtype: torch.dtype, seed: int) -> None:
    averager = Averager.of(f"torch.optim.swa_utils:{name}")
    for values in averager.settings():
        seen = follow(Bench(averager, values, dtype, seed=seed))  # type: ignore[arg-type]
        assert seen.finding is None and seen.begins


def test_an_average_alone_is_that_of_an_optimizer_whose_weights_are_given() -> None:
    """The same expression stands in `averaged(sgd)`, with the weights that SGD leaves in the place of those given."""
    alone, beside = find_rule("averaged"), find_rule("averaged(sgd)")
    (average,) = alone.state
    assert alone.x == g and alone.initial(average) == x
    assert beside.state[average] == alone.state[average].subs(g, beside.x)


def test_what_a_function_averages_with_is_told_by_calling_it() -> None:
    for name, argument in (("get_ema_avg_fn", "avg_fn"), ("get_ema_multi_avg_fn", "multi_avg_fn")):
        averager = Averager.of(f"torch.optim.swa_utils:{name}")
        assert isinstance(averager, Averager) and averager.argument(next(averager.settings())) == argument


def test_all_of_torch_s_are_asked() -> None:
    named = {target.rpartition(":")[2] for target in listed("torch.optim.swa_utils").asked}
    assert named == set(swa_utils.__all__)


def test_an_average_is_asked_no_question_about_optimizers() -> None:
    checks = plan(describe("torch.optim.swa_utils:AveragedModel"), "", Settings())
    assert {properties()[check.property].asks for check in checks} == {Averager}
    assert {check.rule for check in checks} == {"averaged(forgets='nothing')"}
    assert find_rule(checks[0].rule).state[next(iter(find_rule("averaged").state))].has(t)


@pytest.mark.parametrize(
    ("piece", "rule", "more", "said"),
    [
        (own.Ema, "averged", {}, "unknown rule 'averged'"),
        (torch.optim.SGD, "averaged", {}, "say which, as in averaged(adamw)"),
        (own.Ema, "", {}, "say --rule, as in --rule averaged"),
        (own.Ema, 'averaged(forgets="all")', {}, "forgets is one of"),
        (own.Mean, "averaged", {}, "is not bound to averaged: say --name ema_decay=ARGUMENT"),
        (own.Ema, "averaged", {"names": {"ema_dekay": "decay"}}, "did you mean ema_decay"),
        (own.Ema, "averaged", {"names": {"ema_decay": "dekay"}}, "did you mean decay"),
        (own.Ema, "averaged", {"arguments": {"dekay": 0.5}}, "did you mean decay"),
    ],
)
def test_what_cannot_be_asked_is_said(piece: Any, rule: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Unanswerable) as refusal:
        lawful.check(piece, rule, **more)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


def test_findings_say_how_to_see_them_with_torch_alone(capsys: pytest.CaptureFixture[str]) -> None:
    seen = lawful.check("torch.optim.swa_utils:get_swa_multi_avg_fn", properties=["average"])
    (finding,) = [finding for evidence in seen.results.values() for finding in evidence.findings]
    exec(compile(finding.script, "shown", "exec"), {})
    shown = float(capsys.readouterr().out.partition("[[")[2].partition("]]")[0])
    assert f"has {shown:.3f}"[:-1] in finding.message


def test_what_is_hardly_used_stands_beside_the_verdict() -> None:
    seen = lawful.check("torch.optim.swa_utils:get_ema_avg_fn", properties=["average-arrives"])
    assert {check.severity for check in seen.checks} == {Severity.EXTRA}


@pytest.mark.skipif(
    not torch.__version__.startswith(("2.13.", "2.14.")), reason="it was found in these releases"
)
@pytest.mark.filterwarnings("ignore")
def test_what_the_page_says_of_torch_is_so() -> None:
    code = "\n".join(blocks(page("averages.md"), "python"))
    assert "update_bn" in code
    exec(compile(code, "averages.md", "exec"), {})
