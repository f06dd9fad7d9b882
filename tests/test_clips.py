"""Clips that are on by default: a candidate is judged without, which is said; and the clip by the rules of clips."""

import pytest

from examples.clips import AlwaysOne, ByNorm, EachByItself, WrongAnyhow
from lawful.properties.checks import Settings, plan_for, run
from lawful.properties.runs.clips import unclipped
from lawful.reports.headline import sentence
from lawful.reports.model import Result, Summary
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Verdict

QUICK = Settings("quick", dtypes=("float32",))


def judged(cls: type, name: str) -> tuple[Check, Evidence]:
    """One property, with the clip off if that is what it takes."""
    candidate = unclipped(Candidate.of(cls, "sgd"))
    asked = Settings("quick", dtypes=("float32",), only=(name,))
    (check,) = plan_for(candidate, "sgd", cls.__name__, asked)
    return check, run(candidate, check, asked)


@pytest.mark.parametrize("cls", [ByNorm, EachByItself])
def test_a_clip_is_off_where_the_rule_is_judged(cls: type) -> None:
    check, seen = judged(cls, "conformance")
    assert check.arguments == {"max_grad_norm": 0.0}
    assert seen.verdict is Verdict.LAWFUL
    told = sentence(Summary(cls.__name__, "sgd", [Result(check, seen)]))
    assert "once max_grad_norm is 0.0 (1.0 by default)" in told


@pytest.mark.parametrize("cls", [AlwaysOne, WrongAnyhow])
def test_what_shows_in_small_gradients_too_is_no_clip(cls: type) -> None:
    check, seen = judged(cls, "conformance")
    assert check.arguments == {}
    assert seen.verdict is Verdict.UNLAWFUL


def test_a_largest_norm_is_that_of_all_gradients() -> None:
    assert judged(ByNorm, "clipped-norm")[1].verdict is Verdict.LAWFUL
    _, seen = judged(EachByItself, "clipped-norm")
    assert seen.verdict is Verdict.UNLAWFUL
    assert "with max_grad_norm = 1" in seen.findings[0].message


def test_who_has_no_clip_is_not_asked() -> None:
    candidate = unclipped(Candidate.of("sgd"))
    assert candidate.arguments == {}
    assert "clipped-norm" not in {c.property for c in plan_for(candidate, "sgd", "sgd", QUICK)}
