"""A candidate that costs one worker after another costs two, and is asked no more; one that recovers is asked on."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from lawful.properties.settings import Settings
from lawful.verify.errors import WorkerDiedError, WorkerRaisedError, WorkerTimeoutError
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.front.session import Session
from lawful.verify.workers.pool import Here

ANSWERS = {
    "answers": Evidence(Verdict.LAWFUL),
    "eats": Evidence(Verdict.CRASHED, findings=[Finding("step 1 raises MemoryError.")]),
    "hoards": Evidence(Verdict.NOT_APPLICABLE, notes=["refused: RuntimeError: can't allocate memory"]),
    "stumbles": Evidence(Verdict.CRASHED, findings=[Finding("step 1 raises OSError.")]),
}


@dataclass
class Scripted(Here):
    """Workers that answer, or do not, as is written: one word a call."""

    script: Sequence[str]
    asked: list[str] = field(default_factory=list)

    def call(self, function: str, *arguments: Any, timeout: float, about: str = "", **_: Any) -> Any:
        word = self.script[len(self.asked)]
        self.asked.append(arguments[0].property)
        if word in ANSWERS:
            return ANSWERS[word]
        raise {"loops": WorkerTimeoutError, "dies": WorkerDiedError, "raises": WorkerRaisedError}[word](
            "it did"
        )


def verdicts(script: str, lost: Sequence[str] = ()) -> str:
    """The first letters of the verdicts of five checks, a dot for each that was not asked."""
    checks = [Check(str(number), "sgd", "a.py:A") for number in range(5)]
    with Session(Scripted(script.split()), Settings(), lost=lost) as session:
        seen = [evidence for _, evidence in session.run(checks)]
    return "".join("." if "not asked" in "".join(e.notes) else e.verdict[0] for e in seen)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("loops loops", "tt..."),
        ("dies dies", "cc..."),
        ("loops dies", "tc..."),
        ("answers loops answers loops answers", "ltltl"),
        ("raises raises raises raises answers", "ccccl"),
        ("loops raises loops", "tct.."),
        ("eats hoards", "cn..."),
        ("eats answers eats dies", "clcc."),
        ("stumbles stumbles stumbles stumbles answers", "ccccl"),
    ],
)
def test_two_in_a_row_are_enough(script: str, expected: str) -> None:
    assert verdicts(script) == expected


def test_the_trial_counts() -> None:
    assert verdicts("loops", lost=["a.py:A"]) == "t...."
    assert verdicts("answers loops loops", lost=["a.py:A"]) == "ltt.."


def test_each_target_has_its_own() -> None:
    checks = [Check("p", "sgd", f"{name}.py:A", dtype) for dtype in ("a", "b") for name in "xy"]
    pool = Scripted(["dies"] * 4)
    with Session(pool, Settings()) as session:
        futures: dict[str, Future[Evidence]] = session.start(checks)
    assert len(futures) == len(pool.asked) == 4
