"""Programs of any language: right ones follow their rule, wrong ones do not, what misbehaves costs one check."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.reports.script import script
from lawful.verify.candidates.adapters.command import IDLE
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe
from lawful.verify.candidates.places import command_of
from lawful.verify.candidates.program import Program
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Verdict
from lawful.verify.front.glance import refuse_at_a_glance

DOCS = Path(__file__).parent.parent / "docs"
PROGRAMS = DOCS / "programs"
PYTHON = f"command:{sys.executable} {PROGRAMS / 'adamw.py'}"


def compiled(folder: Path) -> str:
    subprocess.run(["cc", "-O1", "-o", folder / "sgd", PROGRAMS / "sgd.c", "-lm"], check=True)
    return f"command:{folder / 'sgd'}"


RIGHT: dict[str, Callable[[Path], str]] = {
    sys.executable: lambda folder: PYTHON,
    "cc": compiled,
    "node": lambda folder: f"command:node {PROGRAMS / 'adamw.js'}",
}


@pytest.mark.parametrize("needed", RIGHT, ids=["python", "cc", "node"])
def test_the_programs_of_the_docs_keep_what_they_claim(needed: str, tmp_path: Path) -> None:
    if shutil.which(needed) is None:
        pytest.skip(f"there is no {needed}")
    candidate = Candidate.of(RIGHT[needed](tmp_path))
    for dtype in (torch.float64, torch.float32):
        evidence = conformance(candidate, dtype=dtype).evidence()
        assert evidence.verdict is Verdict.LAWFUL and not evidence.findings, evidence.findings
    for asked in ("resume", "idle", "set-from-outside", "order-and-names", "gradients-kept"):
        evidence = evidence_of(candidate, asked)
        assert not evidence.findings, evidence.findings


WRONG = {
    "decay without lr": ("lr * decay * x", "decay * x"),
    "no correction of the second moment": ("math.sqrt(v / c2)", "math.sqrt(v)"),
    "what is set is not heard": ("hyper.update(said)", "pass"),
}
LEFT = {
    "a gradient that is not there is one of zeros": (
        "x if g is None else step(hyper, m, x, g)",
        "step(hyper, m, x, g or [0.0] * len(x))",
        "idle",
    ),
    "the steps are not saved": ('memory = said["hyper"], said["memory"]', "_ = said.values()", "resume"),
    "it goes on from what it said itself": (
        "    moved = ",
        "    weights = memory.setdefault('x', weights)\n    moved = ",
        "set-from-outside",
    ),
}


def changed(folder: Path, old: str, new: str) -> str:
    text = (PROGRAMS / "adamw.py").read_text()
    assert text.count(old) == 1
    (folder / "wrong.py").write_text(text.replace(old, new))
    return f"command:{sys.executable} {folder / 'wrong.py'}"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_neighbour_is_refused(wrong: str, tmp_path: Path) -> None:
    candidate = Candidate.of(changed(tmp_path, *WRONG[wrong]))
    evidence = conformance(candidate, dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL and evidence.findings


def test_a_gradient_that_is_not_there_may_be_refused(tmp_path: Path) -> None:
    old = "        each = zip(memory, map(numbers"
    lines = (
        '        if None in said["gradients"]:',
        """            print('{"refused": "all of them"}', flush=True)""",
        "            continue",
        old,
    )
    evidence = evidence_of(Candidate.of(changed(tmp_path, old, "\n".join(lines))), "idle")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "all of them" in evidence.notes[0], evidence


@pytest.mark.parametrize("wrong", LEFT)
def test_a_broken_promise_is_found(wrong: str, tmp_path: Path) -> None:
    old, new, asked = LEFT[wrong]
    evidence = evidence_of(Candidate.of(changed(tmp_path, old, new)), asked)
    assert evidence.verdict is Verdict.UNLAWFUL, evidence


def test_the_script_of_a_finding_asks_the_program(tmp_path: Path) -> None:
    target = changed(tmp_path, *WRONG["decay without lr"])
    evidence = conformance(Candidate.of(target), dtype=torch.float64, shrinking=True).evidence()
    (example,) = (finding.counterexample for finding in evidence.findings[:1])
    assert example is not None
    file = tmp_path / "shows.py"
    check = Check("conformance", "adamw", target, path="default", dtype="float64")
    file.write_text(script(check, example, describe(target)))
    said = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True).stdout
    assert f"step {example.step} gives {example.seen!r}" in said


def test_values_that_are_not_finite_come_through() -> None:
    candidate = Candidate.of(PYTHON)
    x = torch.tensor([torch.nan, torch.inf, -torch.inf, 1.0], dtype=torch.float64, requires_grad=True)
    made: Any = candidate.cls([x], lr=0.0)
    x.grad = torch.zeros(4, dtype=torch.float64)
    made.step()
    assert x.isnan().tolist() == [True, True, True, False]  # inf − 0·inf


# ------------------------------------------------------------------------------------------- what is started
def test_a_command_is_words_and_no_shell(tmp_path: Path) -> None:
    command = command_of(f"command:{sys.executable} x.py; touch {tmp_path / 'there'}")
    assert command is not None and command.words[1:] == ("x.py;", "touch", str(tmp_path / "there"))
    with pytest.raises(Unanswerable, match="does not say what it is"):
        Candidate.of(f"command:{sys.executable} x.py; touch {tmp_path / 'there'}")
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    "target, said",
    [
        ("command:no-such-program x", "no program 'no-such-program'"),
        ("command:", "is empty"),
        ("command:python 'x", "cannot be read"),
    ],
)
def test_what_cannot_be_started_is_refused_at_a_glance(target: str, said: str) -> None:
    with pytest.raises(Unanswerable, match=said):
        refuse_at_a_glance([target])


@pytest.mark.parametrize(
    "hello, said",
    [
        ({"lawful": 2}, "speaks version 2 of the protocol; this is 1"),
        ({"lawful": 1, "name": "sgd", "settable": [], "saves": False}, "as its 'arguments', where a object"),
        (
            {"lawful": 1, "name": "sgd", "arguments": {"a b": 1}, "settable": [], "saves": False},
            "'a b', which is no name",
        ),
        (
            {"lawful": 1, "name": "sgd", "arguments": {}, "settable": ["lr"], "saves": False},
            "none of its arguments",
        ),
    ],
)
def test_a_program_that_does_not_say_what_it_is(hello: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(f"print({json.dumps(hello)!r}, flush=True); input(); input()")
    with pytest.raises(Unanswerable, match=said):
        Candidate.of(f"command:{sys.executable} {tmp_path / 'odd.py'}")


def test_a_program_serves_one_optimizer_after_the_other() -> None:
    candidate, command = Candidate.of(PYTHON), command_of(PYTHON)
    assert command is not None
    evidence_of(candidate, "idle")
    before = set(IDLE[command.words])
    evidence_of(candidate, "idle")
    assert before and before == set(IDLE[command.words])


def test_what_it_consists_of_is_known() -> None:
    said = describe(PYTHON)
    assert said.framework == "command" and said.rule == "adamw" and str(PROGRAMS / "adamw.py") in said.sources


def test_the_schema_knows_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    ask = Program.ask
    monkeypatch.setattr(
        Program, "ask", lambda self, question: (asked.update(question), ask(self, question))[1]
    )
    candidate = Candidate.of(PYTHON)
    evidence_of(candidate, "resume")
    conformance(replace(candidate), dtype=torch.float64).evidence()
    said = json.loads((DOCS / "protocol.schema.json").read_text())["$defs"]["question"]["properties"]
    assert asked.keys() == said.keys() - {"id"}
    for name, value in asked.items():
        assert set(said[name].get("required", [])) <= set(value if isinstance(value, dict) else []), name


def test_the_command_line_takes_a_program(lawful: Callable[..., Any], tmp_path: Path) -> None:
    command = ("--command", PYTHON.removeprefix("command:"))
    done = lawful(
        tmp_path, "check", *command, "--property", "conformance", "--dtype", "float64", "--profile", "quick"
    )
    assert done.returncode == 0 and "It follows adamw" in done.stdout
    assert "torch's optimizers alone promise" in done.stdout
