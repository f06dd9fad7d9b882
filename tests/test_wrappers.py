"""A wrapper around a target is a target, and is held against the transformed rule."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from examples.asking import conformance
from lawful.reports.script import script
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.places import name_of, parted, place_of
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Verdict
from lawful.verify.front.glance import refuse_at_a_glance

RULE = "lookahead(sgd)"
FILE = Path(__file__).parent / "examples" / "wrapping.py"
RIGHT, WRONG = (f"{FILE}:{name}(torch.optim:SGD)" for name in ("Lookahead", "AStepLate"))


def test_a_wrapper_follows_the_transformed_rule() -> None:
    evidence = conformance(Candidate.of(RIGHT, RULE), dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL and not evidence.findings, evidence.findings


def test_one_that_does_not_is_refused_with_a_script_that_shows_it(tmp_path: Path) -> None:
    evidence = conformance(Candidate.of(WRONG, RULE), dtype=torch.float64, shrinking=True).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    (example,) = (finding.counterexample for finding in evidence.findings[:1])
    assert example is not None
    file = tmp_path / "shows.py"
    file.write_text(script(Check("conformance", RULE, WRONG, dtype="float64"), example))
    said = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True).stdout
    assert f"gives {example.seen!r}" in said


def test_arguments_go_where_they_belong() -> None:
    candidate = Candidate.of(RIGHT, RULE)
    assert {"lr", "momentum", "k", "la_alpha"} <= candidate.parameters.keys()
    assert {s.name for s in candidate.shared(candidate.rule({}))} == {"k", "la_alpha"}
    assert candidate.cls.__name__ == "Lookahead(SGD)"


def test_a_target_around_another_is_read() -> None:
    assert parted("a:B(c.d:E)") == ("a:B", "c.d:E") and parted("a:B") == ("a:B", "")
    assert name_of("a:B(c:D(e:F))") == "B(D(F))" and place_of("a.b:C(d:E)") == "a.b"


@pytest.mark.parametrize(
    "target", ["nowhere.py:Lookahead(torch.optim:SGD)", f"{FILE}:Lookahead(torch.optim:SDG)"]
)
def test_what_is_not_there_is_refused_at_a_glance(target: str) -> None:
    with pytest.raises(Unanswerable):
        refuse_at_a_glance([target])
