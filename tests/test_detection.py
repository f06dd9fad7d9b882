"""The benchmark of detection counts what it finds, misses and wrongly refuses."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lawful.properties.settings import Settings
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.workers.pool import Pool

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "detection.py"

CORPUS = '''
from types import SimpleNamespace

import torch


class SGD(torch.optim.Optimizer):
    factor = 1.0

    def __init__(self, params, lr=1e-3):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(p.grad * (group["lr"] * self.factor))


class TooLong(SGD):
    factor = 1.001


class Deaf(SGD):
    """Does not return the closure's loss, which no trajectory shows."""


def case(cls, correct, severity="formula", claims="SGD"):
    return SimpleNamespace(id=cls.__name__, cls=cls, claims=claims, correct=correct, severity=severity, what="a case")


CASES = [case(SGD, True), case(TooLong, False), case(Deaf, False, "api"), case(SGD, True, claims="NoRuleOfOurs")]
'''


@pytest.fixture
def detection(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARK.parent))
    spec = importlib.util.spec_from_file_location("detection", BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "detection", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def cases(detection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / f"corpus_{tmp_path.name}"  # a module is imported once
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "corpus.py").write_text(CORPUS)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return detection.cases(folder)


def test_what_is_found_and_what_is_missed(detection: Any, cases: Any) -> None:
    assert [case.id for case in cases] == ["SGD", "TooLong", "Deaf"]
    settings = Settings("quick", dtypes=("float64",), timeout=60.0, only=("conformance",))
    with Pool(1) as pool:
        plans = detection.planned(pool, cases, settings)
        results = detection.judged(pool, cases, plans, settings)
    assert [result.refused for result in results] == [False, True, False]
    assert all(len(result.answers) == 1 for result in results)
    summary = detection.summary(results)
    assert re.fullmatch(r"[\d.]+ s until the first finding, at most [\d.]+ s", summary.pop(3))
    assert summary == [
        "formula    defects found 1/1",
        "api        defects found 0/1",
        "correct    refused       0/1",
        "missed   Deaf (api): a case",
    ]


def test_another_seed_asks_first_what_found_it(detection: Any, cases: Any) -> None:
    settings = Settings("quick", dtypes=("float64", "float32"), timeout=60.0, only=("conformance", "hooks"))
    with Pool(1) as pool:
        plans = detection.planned(pool, cases[:2], settings)
        before = detection.judged(pool, cases[:2], plans, settings)
        after = list(detection.again(pool, before, plans, replace(settings, seed=1)))
        assert {r.case.id: (r.said, len(r.answers)) for r in after} == {
            "SGD": ("lawful", 3),
            "TooLong": ("found", 1),
        }
        before[1].answers = [
            a for a in before[1].answers if a[0].property == "hooks"
        ]  # as if nothing had found it
        *said, last = detection.differing(pool, before, plans, [replace(settings, seed=1)])
    assert said[0].startswith("seed 1: TooLong is found, before MISSED: ") and len(said) == 1
    assert last == "1 more seeds: 1 other verdicts"


def test_what_cannot_be_asked_is_told_and_the_rest_goes_on(
    detection: Any, cases: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = detection.target
    monkeypatch.setattr(
        detection, "target", lambda cls: target(cls) if cls.__name__ == "TooLong" else "nothing.py:Here"
    )
    settings = Settings("quick", dtypes=("float64",), only=("conformance",))
    with Pool(1) as pool:
        assert list(detection.planned(pool, cases[:2], settings)) == ["TooLong"]
    assert capsys.readouterr().err.startswith("SGD: not asked: ")


def test_a_time_that_ran_out_finds_nothing(detection: Any, cases: Any) -> None:
    right, wrong, _ = (
        detection.Result(case, [(Check("conformance", "sgd", case.id), Evidence(Verdict.TIMED_OUT))])
        for case in cases
    )
    assert (right.said, wrong.said) == ("REFUSED", "MISSED")


def test_usual_tests_are_set_beside(detection: Any, cases: Any) -> None:
    results = [detection.Result(case) for case in cases]
    head, _, *rows = detection.table(results, 3.0)
    assert head == "| | formula | api | correct refused | seconds for each |"
    found = {row.split("|")[1].strip(): [cell.strip() for cell in row.split("|")[2:-2]] for row in rows}
    assert found["the loss goes down"] == ["0/1", "0/1", "0/1"]
    assert found["the same in float64, to 1e-9"] == ["1/1", "0/1", "0/1"]
    assert found["**lawful**"] == ["0/1", "0/1", "0/1"]  # nothing was asked of it


def test_a_correct_implementation_that_is_refused_is_named(detection: Any, cases: Any) -> None:
    wrong = cases[1]
    wrong.correct = True
    settings = Settings("quick", dtypes=("float64",), only=("conformance",))
    with Pool(1) as pool:
        [result] = detection.judged(pool, [wrong], detection.planned(pool, [wrong], settings), settings)
    counted, named = detection.summary([result])
    assert counted == "correct    refused       1/1"
    assert named.startswith("refused  TooLong, which is correct: leaves sgd at step 1")
