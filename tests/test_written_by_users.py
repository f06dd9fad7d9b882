"""What people write into their training scripts: what is right is not refused, what is wrong is found, and named."""

from typing import Any

import pytest

import lawful
from examples import written_by_users as own
from lawful.properties.schedules.identifying import identified
from lawful.reports.identity import sentences
from lawful.verify.evidence import Verdict

COSINE = {
    "rule": "cosine_with_warmup",
    "names": {"num_warmup_steps": "warmup_steps", "num_training_steps": "total_steps"},
}
LINEAR = {
    "rule": "linear_with_warmup",
    "names": {"num_warmup_steps": "warmup", "num_training_steps": "total"},
}
EMA, CLIP = {"rule": "averaged"}, {"rule": 'clipped(over="parameters")'}

RIGHT = [
    (own.warm_up_and_cosine, COSINE),
    (own.WarmupLinear, LINEAR),
    (own.EMA, EMA),
    (own.clip_foreach, CLIP),
]
WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (own.warm_up_is_forgotten_in_the_cosine, "schedule", COSINE),
    (own.whole_quotient, "schedule", COSINE),
    (own.Overshooting, "schedule", LINEAR),
    (own.Overshooting, "sensible-rates", LINEAR),
    (own.Compounding, "schedule", LINEAR),
    (own.TurnedRound, "average", EMA),
    (own.WithoutBuffers, "averaged-buffers", EMA),
    (own.WholeState, "averaged-buffers", EMA),
    (own.clip_foreach_sum, "clip", CLIP),
]


@pytest.mark.parametrize(("target", "asked"), RIGHT, ids=[t.__name__ for t, _ in RIGHT])
def test_what_is_right_is_not_refused(target: Any, asked: dict[str, Any]) -> None:
    seen = lawful.check(target, **asked)
    assert seen.verdict is Verdict.LAWFUL, repr(seen)


@pytest.mark.parametrize(("target", "name", "asked"), WRONG, ids=[f"{t.__name__}-{n}" for t, n, _ in WRONG])
def test_what_is_wrong_is_found(target: Any, name: str, asked: dict[str, Any]) -> None:
    assert lawful.check(target, properties=[name], **asked).verdict is Verdict.UNLAWFUL


def test_what_is_written_by_hand_is_identified() -> None:
    found = identified(own.warm_up_and_cosine, {})
    assert found.fits[0].words == (
        "cosine_with_warmup, num_warmup_steps is warmup_steps, num_training_steps is total_steps"
    )


def test_how_far_the_nearest_is_where_nothing_is_rounded_is_a_share() -> None:
    found = identified(own.whole_quotient, {})
    (answer, nearest) = sentences(found)
    assert not found.fits and "schedules and conventions fits" in answer
    assert "∞" not in nearest and "of a rate on average" in nearest
