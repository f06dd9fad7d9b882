"""Answers are taken from a record where nothing has changed that they depend on, and from nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lawful.properties.settings import Settings
from lawful.verify.candidates import describing
from lawful.verify.candidates.describing import describe
from lawful.verify.errors import Unanswerable
from lawful.verify.front.planning import Question
from lawful.verify.front.recalling import key

MINE = "import torch\nfrom beside import FACTOR\n\n\nclass {name}(torch.optim.SGD):\n    factor = FACTOR\n"
CHECK = ["check", "mine.py:One", "mine.py:Two", "--rule", "sgd", "--property", "quiet", "--cached"]


def asked(folder: Path, *more: str) -> dict[str, str]:
    """Of each class, on which day its answer was recorded before; "" where it was asked."""
    command = [sys.executable, "-m", "lawful", *CHECK, "--json", "-", *more]
    said = json.loads(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)
    return {r["check"]["target"].rpartition(":")[2]: r.get("recalled", "") for r in said["results"]}


def test_answers_are_recalled_until_something_changes(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("FACTOR = 1\n")
    (tmp_path / "mine.py").write_text("".join(MINE.format(name=name) for name in ("One", "Two")))
    assert asked(tmp_path) == {"One": "", "Two": ""}
    (first,) = tmp_path.glob(".lawful/record-*.jsonl")
    assert all(asked(tmp_path).values()) and [first] == list(tmp_path.glob(".lawful/record-*.jsonl"))

    (tmp_path / "beside.py").write_text("FACTOR = 2\n")  # what is imported beside it counts
    assert not any(asked(tmp_path).values())

    (last,) = {*tmp_path.glob(".lawful/record-*.jsonl")} - {first}
    last.write_bytes(last.read_bytes().replace(b'"lawful"', b'"unlawful"', 1))  # an edited record is none
    assert not any(asked(tmp_path).values())


def test_a_rule_of_ones_own_is_never_recalled() -> None:
    with pytest.raises(Unanswerable, match="for the rules that lawful knows"):
        key(Question(["a:B"], "mine:RULE"), Settings(), {})


OUTER = """
class Outer:
    def __init__(self, optimizer):
        self.optimizer, self.param_groups = optimizer, optimizer.param_groups

    def __getattr__(self, name):
        return getattr(self.optimizer, name)
"""


def test_what_a_wrapper_is_put_around_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source beside neither of them, an inner one in another folder."""
    (tmp_path / "elsewhere").mkdir()
    inner = tmp_path / "elsewhere" / "inner.py"
    inner.write_text("import torch\n\n\nclass Inner(torch.optim.SGD):\n    pass\n")
    (tmp_path / "outer.py").write_text(OUTER)
    described = describe(f"{tmp_path}/outer.py:Outer({inner}:Inner)").sources
    assert {*described} >= {str(inner), str(tmp_path / "outer.py")}
    assert describe(f"{tmp_path}/outer.py:Outer(torch.optim:SGD)").sources
    monkeypatch.setattr(
        describing, "_distribution", lambda module: {"lawful": "lawful 1"}.get(module[:6], "")
    )
    assert not describe(f"{tmp_path}/outer.py:Outer(lawful.optimizers:SGD)").sources  # another's release


def test_an_argument_that_names_an_object_is_never_recalled() -> None:
    with pytest.raises(Unanswerable, match="what mine:Base depends on cannot be told"):
        key(Question(["a:B"], "sgd", {"base": "mine:Base"}), Settings(), {})
    assert key(Question(["a:B"], "sgd", {"base": "torch.optim.SGD", "mode": "sum"}), Settings(), {})


def test_a_key_is_of_all_that_is_asked() -> None:
    question = Question(["a:B"], "sgd")
    assert key(question, Settings(), {}) == key(question, Settings(timeout=1.0), {})
    assert key(question, Settings(), {}) != key(question, Settings(seed=1), {})
    assert key(question, Settings(), {}) != key(Question(["a:B"], "adam"), Settings(), {})


PYTEST = [
    "pytest", "-p", "no:cacheprovider", "--pyargs", "lawful.properties", "--lawful-optimizer", "mine.py:One",
    "--lawful-rule", "sgd", "--lawful-profile", "quick", "--lawful-property", "quiet", "--lawful-property", "closure",
]  # fmt: skip


def said_by_pytest(folder: Path, *more: str) -> str:
    """What pytest says of one class."""
    return subprocess.run(
        [sys.executable, "-m", *PYTEST, *more], cwd=folder, capture_output=True, text=True
    ).stdout


def records(folder: Path) -> int:
    """How many there are."""
    return len([*folder.glob(".lawful/record-*.jsonl")])


def test_pytest_keeps_and_takes_answers_where_records_are(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("FACTOR = 1\n")
    (tmp_path / "mine.py").write_text(MINE.format(name="One"))
    assert "2 passed" in said_by_pytest(tmp_path) and not (tmp_path / ".lawful").exists()

    (tmp_path / ".lawful").mkdir()
    assert "2 passed" in said_by_pytest(tmp_path, "-k", "quiet or closure") and records(tmp_path) == 1
    said = said_by_pytest(tmp_path)
    assert "2 passed" in said and "lawful: 2 answers are of 20" in said and records(tmp_path) == 1
    said = said_by_pytest(tmp_path, "--lawful-fresh", "-k", "quiet")  # half an answer is no record
    assert "1 passed" in said and "answers are of" not in said and records(tmp_path) == 1

    (tmp_path / "beside.py").write_text("FACTOR = 2\n")
    assert "answers are of" not in said_by_pytest(tmp_path) and records(tmp_path) == 2
