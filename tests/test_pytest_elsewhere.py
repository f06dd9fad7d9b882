"""lawful installed beside somebody else's project: what is theirs stays theirs, what they ask of lawful works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples.project import FILES

THEIRS = ("own.py", "test_properties.py")
LAWFUL = (
    "--pyargs", "lawful.properties", "--lawful-profile", "quick", "--lawful-dtype", "float32",
    "--lawful-property", "quiet", "--lawful-property", "groups", "--lawful-property", "closure",
)  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def ran(project: Path, *words: str) -> str:
    """What pytest says in the project; `-rA` has a line for each test."""
    command = [sys.executable, "-m", "pytest", "-rA", *words]
    environment = {**os.environ, "SPY": str(project / "spied"), "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def outcomes(said: str) -> dict[str, str]:
    """Test → PASSED, FAILED, XFAIL …"""
    lines = re.findall(r"^(PASSED|FAILED|XFAIL|SKIPPED|ERROR) (\S*::[\w-]+)", said, re.MULTILINE)
    return {name.rpartition("/")[2]: outcome for outcome, name in lines}


def test_their_own_tests_are_theirs(project: Path) -> None:
    said = ran(project, "test_properties.py")
    assert set(outcomes(said).values()) == {"PASSED"} and "4 passed" in said
    assert sorted(path.name for path in project.iterdir() if path.name[0] == ".") == []


def test_what_they_ask_of_lawful_works(project: Path) -> None:
    """What is selected of it is run, once."""
    said = ran(project, "own.py", *LAWFUL, "-k", "test_ or quiet or groups")
    assert outcomes(said) == {
        "own.py::test_lawful": "PASSED",
        "own.py::test_expected": "XFAIL",
        "own.py::test_expected_in_vain": "FAILED",
        "own.py::test_known": "XFAIL",
        "checks.py::quiet": "XFAIL",
        "checks.py::groups": "PASSED",
    }
    assert "it is new" in said and "does not occur: it was loud once" in said
    assert asked(project) == ["groups", "quiet"]
    assert [path.name for path in project.iterdir() if path.name[0] == "."] == []


def test_what_counts_and_which_way_is_asked_are_options(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['.']\n")
    asked = "--pyargs", "lawful.properties", "--lawful-optimizer", "mylib:Loud", "--lawful-rule", "sgd"
    chosen = "--lawful-path", "loop", "--lawful-dtype", "float32", "--lawful-profile", "quick"
    for severity, outcome in (("core", "PASSED"), ("contract", "FAILED")):
        said = ran(project, *asked, *chosen, "--lawful-fail-on", severity, "-k", "quiet or conformance")
        assert outcomes(said) == {"checks.py::conformance": "PASSED", "checks.py::quiet": outcome}
        assert "-loop-float32-" in said and "-foreach-" not in said


def test_xdist_shares_the_work(project: Path) -> None:
    said = ran(project, *LAWFUL, "-n", "2")
    assert outcomes(said) == {
        "checks.py::quiet": "XFAIL",
        "checks.py::groups": "PASSED",
        "checks.py::closure": "PASSED",
    }
    assert asked(project) == ["closure", "groups", "quiet"]


def asked(project: Path) -> list[str]:
    """The properties of the checks that were run, in whatever process."""
    return sorted((project / "spied").read_text().split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lawful-optimizer", "mylib:Laud"], "did you mean Loud?"),
        (["--lawful-dtype", "float8"], "lawful: unknown dtype 'float8': did you mean"),
    ],
)
def test_a_wrong_question_is_one_line(project: Path, words: list[str], message: str) -> None:
    said = ran(project, *LAWFUL, *words)
    assert message in said and "Traceback" not in said and "1 error" in said
    assert [line for line in said.splitlines() if line.startswith("lawful: ")] == [
        line for line in said.splitlines() if message in line
    ]


def test_what_is_known_of_no_check_is_one_line(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write('"quiet sgd-mylib.Laud-*" = "a slip"\n')
    said = ran(project, *LAWFUL)
    assert "'quiet sgd-mylib.Laud-*' matches no check: did you mean quiet sgd-mylib.Loud-" in said
    assert "Traceback" not in said and "1 error" in said
