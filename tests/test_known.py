"""Known deviations: a finding that the project accepts, with its reason, does not count."""

import subprocess
import sys
from pathlib import Path

import pytest

from lawful.verify.configuration import configuration, known_deviation
from lawful.verify.errors import Unanswerable

OPTIMIZER = """
import torch

class Wrong(torch.optim.SGD):
    @torch.no_grad()
    def step(self, closure=None):
        super().step(closure)
        for group in self.param_groups:
            for p in group["params"]:
                p.mul_(1.01)
"""
KNOWN = '[tool.lawful.known]\n"{pattern}" = "wrong on purpose"\n'


def lawful(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line in a folder."""
    command = [sys.executable, "-m", "lawful.verify.cli", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("pattern", "code"), [("* sgd-wrong.py.Wrong-*", 0), ("* sgd-wrong.py.Wrong-foreach-*", 1)]
)
def test_the_exit_code_counts_what_is_not_known(tmp_path: Path, pattern: str, code: int) -> None:
    (tmp_path / "wrong.py").write_text(OPTIMIZER)
    (tmp_path / "pyproject.toml").write_text(KNOWN.format(pattern=pattern))
    done = lawful(
        tmp_path, "check", "wrong.py:Wrong", "--rule", "sgd", "--profile", "quick", "--dtype", "float32"
    )
    said = " ".join(done.stdout.split())
    assert "does not follow sgd" in said and "known and accepted" in said
    assert ("wrong on purpose" in said, done.returncode) == (code == 0, code)


def test_a_reason_belongs_to_the_first_pattern_that_matches() -> None:
    known = {"conformance a-*": "first", "conformance *": "second"}
    assert known_deviation(known, "conformance a-b") == "first"
    assert known_deviation(known, "quiet a-b") == ""


def test_an_unknown_key_is_answered_in_words(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lawful]\nknow = 1\n")
    with pytest.raises(Unanswerable, match="did you mean known"):
        configuration(tmp_path)


def test_a_broken_file_is_answered_in_words(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lawful\n")
    with pytest.raises(Unanswerable, match="cannot be read"):
        configuration(tmp_path)
