"""Programs that want their questions numbered: an answer to another question than the one asked is known as such."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.program import ProgramError

NUMBERED = """
import json, sys, time
hello = {"lawful": 1, "name": "sgd", "arguments": {"lr": 0.5}, "settable": [], "saves": True, "numbered": True}
print(json.dumps(hello), flush=True)
sys.stdin.readline()
for line in sys.stdin:
    question = json.loads(line)
    number, answer = question.pop("id"), {}
    ((asked, said),) = question.items()
    if asked == "step":
        pairs = zip(said["parameters"], said["gradients"])
        answer = {"parameters": [[a - 0.5 * b for a, b in zip(x, g)] for x, g in pairs]}
    print(json.dumps({**answer, "id": number}), flush=True)
    %s
"""


def numbered(tmp_path: Path, fault: str) -> Any:
    (tmp_path / "numbered.py").write_text(NUMBERED % fault)
    return Candidate.of(f"command:{sys.executable} {tmp_path / 'numbered.py'}", "sgd").cls


def stepped(cls: Any, steps: int = 2) -> list[float]:
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    made = cls([x])
    for _ in range(steps):
        x.grad = torch.ones(2, dtype=torch.float64)
        made.step()
    return x.tolist()


def test_a_numbered_program_is_asked_by_number(tmp_path: Path) -> None:
    assert stepped(numbered(tmp_path, "pass")) == [0.0, 0.0]


def test_a_line_too_much_that_comes_late_is_known_by_its_number(tmp_path: Path) -> None:
    """Said after the next question was read, it would be taken for its answer: with the weights of the step before."""
    late = "print(sys.stdin.readline() and json.dumps({**answer, 'id': number}), flush=True)"
    with pytest.raises(ProgramError, match=r"its answer to step, question 3, has the id 2"):
        stepped(numbered(tmp_path, late))


def test_an_answer_without_its_number_is_none(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"has the id None"):
        stepped(numbered(tmp_path, "print(sys.stdin.readline() and '{}', flush=True)"))
