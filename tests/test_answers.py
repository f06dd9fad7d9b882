"""What a worker sends is data of the type that was asked for; anything else is a crash, and nothing of it is run."""

import math
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lawful.properties.runs.ranks import on_ranks
from lawful.properties.runs.running import RaisedError
from lawful.verify.encoding import encode
from lawful.verify.errors import Unanswerable, WorkerRaisedError
from lawful.verify.evidence import Check, Counterexample, Evidence, Finding, Verdict
from lawful.verify.workers.process import _read

EXAMPLE = Counterexample(
    {"betas": [0.9, 0.99], "amsgrad": True}, 0.0, [1.0, -math.inf], {2: {"lr": 0.5}}, 1, 0, "here", 1.0, math.nan, 0.1,
    math.inf, True,
)  # fmt: skip
SEEN = Evidence(Verdict.UNLAWFUL, worst=math.inf, findings=[Finding("leaves.", EXAMPLE)], notes=["é\ud800"])


def test_evidence_comes_as_it_was() -> None:
    read = _read(encode(("answer", SEEN)), Evidence)
    assert repr(read) == repr(replace(SEEN, notes=["é\\ud800"]))
    assert type(read.verdict) is Verdict and read.findings[0].counterexample is not None
    assert _read(encode(("answer", [Check("idle", "sgd", "a:A")])), list[Check]) == [
        Check("idle", "sgd", "a:A")
    ]


def test_what_cannot_be_answered_is_said() -> None:
    with pytest.raises(Unanswerable, match="unknown rule"):
        _read(encode(("unanswerable", "unknown rule")), Evidence)
    with pytest.raises(WorkerRaisedError, match="it raises"):
        _read(encode(("raised", "it raises")), Evidence)


class Run:
    """Unpickled, makes a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.place),)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"null",
        b'["answer"]',
        b'["answer", {}]',
        b'["answer", {"verdict": "splendid"}]',
        b'["answer", {"verdict": "lawful", "worst": "0"}]',
        b'["raised", {"verdict": "lawful"}]',
        b"[" * 100_000,
        pickle.dumps(("answer", Evidence(Verdict.LAWFUL))),
    ],
)
def test_anything_else_is_a_crash(sent: bytes) -> None:
    with pytest.raises(WorkerRaisedError):
        _read(sent, Evidence)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what torch itself imports for ranks
def test_nothing_that_is_sent_is_run(tmp_path: Path) -> None:
    with pytest.raises(WorkerRaisedError):
        _read(pickle.dumps(("answer", Run(tmp_path / "made"))), Evidence)
    with pytest.raises(RaisedError, match="cannot be read"):
        on_ranks(lambda: Run(tmp_path / "made"), count=1)
    assert not (tmp_path / "made").exists()
