"""What a candidate does to its process costs its own checks and nothing else; the record keeps the rest.

All hostile candidates go through one run of the command line, between two lawful neighbours.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lawful.reports.record import read
from lawful.verify.errors import Unanswerable

RULE = """
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x

PLAIN = Rule("plain", x - lr * g, {}, {lr: 1e-3}, Source("this test"))
"""

HOSTILE = (Path(__file__).parent / "examples" / "hostile.py").read_text()

L, U, C, T, N = "lawful", "unlawful", "crashed", "timed out", "not applicable"
EXPECTED: dict[str, tuple[str, str, str]] = {
    "ExitsWith0": (C, C, "exit code 0"),
    "ExitsWith0InC": (C, C, "exit code 0"),
    "Segfaults": (C, C, "segmentation fault"),
    "Aborts": (C, C, "abort"),
    "KillsItself": (C, C, "killed"),
    "Loops": (T, T, "did not finish within 3 s"),
    "LoopsInConstructor": (T, T, "did not finish within 3 s"),
    "Allocates": (C, C, "MemoryError"),
    "Recurses": (C, N, "RecursionError"),
    "RecursesInC": (C, C, "segmentation fault") if sys.version_info < (3, 12) else (C, N, "RecursionError"),
    "RaisesInConstructor": (C, C, "the constructor raises OSError: no disk"),
    "RaisesFirst": (C, N, "RuntimeError: no"),
    "RaisesFifth": (C, C, "step 5 raises RuntimeError: no"),
    "RaisesItsOwn": (C, C, "step 1 raises OwnError"),
    "RaisesSystemExit": (C, C, "step 1 raises SystemExit: 0"),
    "RaisesKeyboardInterrupt": (C, C, "raises KeyboardInterrupt"),
    "PrintsMegabytes": (L, U, "prints 'xxx"),
    "WritesToStderr": (L, U, "prints 'warning"),
    "SetsDtype": (L, U, "changes the default dtype"),
    "SeedsTorch": (L, U, "changes torch's RNG state"),
    "SeedsNumpy": (L, U, "changes numpy's RNG state"),
    "SeedsPython": (L, U, "changes Python's RNG state"),
    "SetsDeterministic": (L, U, "changes the deterministic algorithms"),
    "SetsThreads": (L, U, "changes the number of threads"),
    "ChangesFolder": (L, U, "changes the working directory"),
    "HandlesSignals": (L, U, "changes the signal handlers"),
    "SetsAlarm": (L, U, "changes the alarm clock"),
    "ClosesOutput": (L, U, "closes standard output"),
    "ClosesStream": (L, U, "closes standard output"),
    "ClosesEverything": (C, C, "process"),
    "Forks": (L, U, "changes the child processes"),
    "Spawns": (L, U, "changes the child processes"),
    "GivesNaN": (U, L, "leaves"),
}  # fmt: skip
"""Candidate → verdicts of conformance and of quiet, and what a finding says."""

CONSOLE = [sys.executable, "-m", "lawful.verify.front.cli"]
OPTIONS = ["--rule", "plain:PLAIN", "--profile", "quick", "--dtype", "float32", "--workers", "2"]
OPTIONS += ["--property", "conformance", "--property", "quiet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the candidates and their rule are."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "plain.py").write_text(RULE)
    (folder / "hostile.py").write_text(HOSTILE)
    (folder / "calm.py").write_text(HOSTILE)
    return folder


def command(folder: Path, *arguments: str, cwd: Path | None = None) -> "subprocess.Popen[str]":
    """The command line in a session of its own; its processes have the folder's name in their environment."""
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "LAWFUL_TEST": str(folder)}
    return subprocess.Popen(
        [*CONSOLE, *arguments], cwd=cwd or folder, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_ctrl_c,
    )  # fmt: skip


def hear_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and so would all that these tests start there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def left(folder: Path) -> list[str]:
    """The processes of a folder's runs that are still there."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"LAWFUL_TEST={folder}".encode() in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


# ------------------------------------------------------------------------------------ one run, all of them
@pytest.fixture(scope="module")
def run(folder: Path) -> dict[str, Any]:
    """The report of a run over all hostile candidates, with what it printed."""
    hostile = [f"hostile.py:{name}" for name in EXPECTED]
    process = command(
        folder, "check", "sgd", *hostile, "calm.py:Plain", *OPTIONS, "--timeout", "3", "--json", "report.json"
    )
    _, stderr = process.communicate(timeout=150)
    (folder / ".lawful/record.jsonl").resolve().rename(folder / "record.jsonl")
    report = json.loads((folder / "report.json").read_text())
    return {**report, "code": process.returncode, "stderr": stderr}


def verdicts(run: dict[str, Any], target: str) -> dict[str, str]:
    results = [r for r in run["results"] if r["check"]["target"] == target]
    return {r["check"]["property"]: r["evidence"]["verdict"] for r in results}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_candidate_loses_its_own_checks(run: dict[str, Any], name: str) -> None:
    conformance, quiet, message = EXPECTED[name]
    assert verdicts(run, f"hostile.py:{name}") == {"conformance": conformance, "quiet": quiet}
    results = [r for r in run["results"] if r["check"]["target"] == f"hostile.py:{name}"]
    messages = [finding["message"] for r in results for finding in r["evidence"]["findings"]]
    assert any(message in m for m in messages), messages


@pytest.mark.parametrize("neighbour", ["sgd", "calm.py:Plain"])
def test_its_neighbours_lose_nothing(run: dict[str, Any], neighbour: str) -> None:
    assert verdicts(run, neighbour) == {"conformance": L, "quiet": L}


def test_the_run_ends_as_it_should(run: dict[str, Any], folder: Path) -> None:
    assert run["code"] == run["exit_code"] == 1
    assert run["ended"] and not run["in_flight"]
    assert "Traceback" not in run["stderr"]
    assert all(line.startswith("[") for line in run["stderr"].splitlines()), "a line per check and no other"
    assert read(folder / "record.jsonl")[-1].event == "end"
    wait_for(lambda: not left(folder), seconds=10)


def test_a_crash_alone_ends_with_3_though_nobody_reads_the_answer(folder: Path) -> None:
    targets = ["hostile.py:Aborts", "calm.py:Plain"]
    process = command(folder, "check", *targets, *OPTIONS, "--json", "unread.json")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr:
        said = process.stderr.read()
    assert process.wait(timeout=60) == 3
    assert "Traceback" not in said and "Exception" not in said
    assert json.loads((folder / "unread.json").read_text())["verdict"] == C


# ------------------------------------------------------------------------------------------ runs cut short
@pytest.fixture(scope="module")
def ended(folder: Path) -> dict[str, tuple[int, str]]:
    """Two runs that are ended while one check loops and others are recorded: how → exit code, stderr."""
    processes = {how: begun(folder, how) for how in ("Ctrl-C", "SIGKILL")}
    try:
        for how in processes:
            record = folder / how / "record.jsonl"
            wait_for(lambda: (folder / how / "looping").exists() and len(finished(record)) == 2)  # noqa: B023
        os.killpg(processes["Ctrl-C"].pid, signal.SIGINT)
        processes["SIGKILL"].kill()
        said = {how: process.communicate(timeout=60)[1] for how, process in processes.items()}
    finally:
        for process in processes.values():
            process.kill()
    return {how: (process.returncode, said[how]) for how, process in processes.items()}


def begun(folder: Path, how: str) -> "subprocess.Popen[str]":
    (folder / how).mkdir()
    targets = [str(folder / "calm.py:Plain"), str(folder / "hostile.py:Loops")]
    return command(folder, "check", *targets, *OPTIONS, "--report", ".", cwd=folder / how)


def finished(record: Path) -> list[str]:
    """The targets of the finished checks."""
    events = read(record) if record.exists() else []
    return [e.payload["check"]["target"] for e in events if e.event == "finished"]


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.05)


@pytest.mark.parametrize(("how", "code"), [("Ctrl-C", 130), ("SIGKILL", -signal.SIGKILL)])
def test_a_run_cut_short_leaves_its_record_and_no_processes(
    ended: dict[str, tuple[int, str]], folder: Path, how: str, code: int
) -> None:
    assert ended[how][0] == code
    assert "Traceback" not in ended[how][1]
    wait_for(lambda: not left(folder), seconds=10)
    process = command(folder, "report", f"{how}/record.jsonl", "--json", "-")
    stdout, said = process.communicate(timeout=60)
    report = json.loads(stdout)
    assert process.returncode == 3 and not said
    assert not report["ended"]
    assert verdicts(report, str(folder / "calm.py:Plain")) == {"conformance": L, "quiet": L}
    assert {check["target"] for check in report["in_flight"]} == {str(folder / "hostile.py:Loops")}


def test_a_cut_record_is_read_up_to_the_cut(run: dict[str, Any], folder: Path) -> None:
    whole = (folder / "record.jsonl").read_bytes()
    (folder / "cut.jsonl").write_bytes(whole[: len(whole) // 2])
    assert 0 < len(read(folder / "cut.jsonl")) < len(read(folder / "record.jsonl"))
    (folder / "edited.jsonl").write_bytes(whole.replace(b"crashed", b"lawful", 1))
    with pytest.raises(Unanswerable, match="edited"):
        read(folder / "edited.jsonl")
