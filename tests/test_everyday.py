"""What is typed every day: -x, -q, completion, and the action of a workflow."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

ACTION = Path(__file__).parent.parent / "action.yml"
TWICE = """
import torch

class Twice(torch.optim.SGD):
    def step(self, closure=None):
        super().step()
        return super().step(closure)
"""
Lawful = Callable[..., CompletedProcess[str]]


def asked(lawful: Lawful, folder: Path, *words: str) -> list[dict[str, Any]]:
    """What each check saw, one after the other."""
    (folder / "twice.py").write_text(TWICE)
    only = "--profile", "quick", "--property", "conformance", "--path", "loop", "--workers", "1"
    done = lawful(folder, "check", "twice.py:Twice", "--rule", "sgd", *only, "--json", "-", *words)
    assert done.returncode == 1
    return [result["evidence"] for result in json.loads(done.stdout)["results"]]


def test_x_asks_nothing_more_once_a_check_has_failed(tmp_path: Path, lawful: Lawful) -> None:
    first, *others = asked(lawful, tmp_path, "-x")
    assert first["verdict"] == "unlawful" and len(others) == 3
    assert all(e["notes"] == ["not asked, for another check had failed"] for e in others)
    assert [e["verdict"] for e in asked(lawful, tmp_path)] == ["unlawful"] * 4


def test_q_prints_the_outcome_alone(tmp_path: Path, lawful: Lawful) -> None:
    question = "check", "sgd", "--property", "quiet"
    quiet, loud = lawful(tmp_path, *question, "-q"), lawful(tmp_path, *question)
    assert quiet.stdout.startswith("✓ sgd: lawful") and not quiet.stderr
    assert loud.stdout.startswith(quiet.stdout) and "Record: " in loud.stdout.removeprefix(quiet.stdout)
    assert loud.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("lawful check --prof", "--profile"),
        ("lawful check --profile th", "thorough"),
        ("lawful ide", "identify"),
    ],
)
def test_the_shell_completes(typed: str, offered: str) -> None:
    asks = {
        "_LAWFUL_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
    }
    command = [str(Path(sys.executable).parent / "lawful")]
    done = subprocess.run(command, env={**os.environ, **asks}, capture_output=True, text=True)
    assert done.stdout.split() == [offered]


@pytest.mark.parametrize(
    ("rule", "arguments", "words"),
    [
        ("", "", ["check", "a b.py:C", "--format", "github"]),
        (
            'adamw(eps="hat")',
            "--profile quick",
            ["check", "a b.py:C", "--rule", 'adamw(eps="hat")', "--format", "github", "--profile", "quick"],
        ),
    ],
)
def test_the_action_asks_what_it_is_given(
    tmp_path: Path, rule: str, arguments: str, words: list[str]
) -> None:
    """Its last step, where `lawful` prints what it was called with."""
    spy = tmp_path / "lawful"
    spy.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    step = ACTION.read_text().rpartition("run: |\n")[2]
    given = {"TARGET": "a b.py:C", "RULE": rule, "ARGUMENTS": arguments}
    environment = {**os.environ, **given, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euc", step], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == words, done.stderr
