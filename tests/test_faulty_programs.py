"""Programs that misbehave: it is told how, and costs the check in which they do."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from select import select

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.verify.candidates import program
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.program import Program, ProgramError
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict

PROGRAMS = Path(__file__).parent.parent / "docs" / "programs"
HELLO = """
import json, sys, time, os
hello = {"lawful": 1, "name": "sgd", "arguments": {"lr": 0.001}, "settable": [], "saves": False}
print(json.dumps(hello), flush=True)
steps = 0
sys.stdin.readline()
for line in sys.stdin:
    ((asked, said),) = json.loads(line).items()
    answer = "{}"
    if asked == "step":
        steps += 1
        pairs = zip(said["parameters"], said["gradients"])
        answer = json.dumps({"parameters": [[a - lr * b for a, b in zip(x, g)] for x, g in pairs]})
    if asked == "begin":
        lr = said["arguments"].get("lr", 0.001)
    if steps == 3:
        %s
    print(answer, flush=True)
"""
FAULTS = {
    "time.sleep(60)": "no answer to step within",
    "sys.stdout.write('{\"par'); sys.stdout.flush(); time.sleep(60)": "without the end of the line",
    "sys.stdout.write('{\"par'); sys.stdout.flush(); os._exit(0)": "in the middle of a line",
    "os._exit(7)": "ended when asked to step with exit code 7",
    "os.kill(os.getpid(), 11)": "by signal 11 (segmentation fault)",
    "raise ValueError('my own words')": "ValueError: my own words",
    "answer = answer + '\\n' + answer": "without being asked",
    "os.write(1, b'y' * (1 << 20))": "has no end after",
    "answer = 'Traceback'": "is no JSON: 'Traceback'",
    "answer = '[' * 100000": "is no JSON",
    "answer = '[]'": "is no object",
    "answer = '{}'": "has not the",
    "answer = json.dumps({'parameters': said['parameters'][1:]})": "has not the",
    "answer = json.dumps({'parameters': [x[1:] for x in said['parameters']]})": "of 131 numbers, it answers 130",
    "answer = json.dumps({'parameters': [[None] * len(x) for x in said['parameters']]})": "None, no number",
    "answer = json.dumps({'parameters': [[True] * len(x) for x in said['parameters']]})": "True, no number",
    "answer = json.dumps({'parameters': [[10**400] * len(x) for x in said['parameters']]})": "no number",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "PATIENCE", 1.5)
    monkeypatch.setattr(program, "LONGEST", 1 << 19)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_what_a_program_does_wrong_is_told(fault: str, tmp_path: Path) -> None:
    (tmp_path / "faulty.py").write_text(HELLO % fault)
    candidate = Candidate.of(f"command:{sys.executable} {tmp_path / 'faulty.py'}", "sgd")
    evidence = conformance(candidate, dtype=torch.float64).evidence()
    assert evidence.verdict in (Verdict.UNLAWFUL, Verdict.CRASHED)
    assert FAULTS[fault] in evidence.findings[0].message, evidence.findings


@pytest.mark.usefixtures("impatient")
def test_it_is_not_asked_while_it_speaks(tmp_path: Path) -> None:
    """More than it was asked, said a while after the answer, is noticed with the next question."""
    (tmp_path / "chatty.py").write_text(
        "import sys\nfor line in sys.stdin:\n    print('{}', flush=True)\n    print('{}', flush=True)\n"
    )
    chatty = Program([sys.executable, str(tmp_path / "chatty.py")])
    with pytest.raises(ProgramError, match=r"without being asked"):
        chatty.ask({"lawful": 1})
        select([chatty._out], [], [], 60)  # until it has said the rest
        chatty.ask({"lawful": 1})
    assert not chatty.waits


def test_what_is_said_last_may_be_no_error(tmp_path: Path) -> None:
    """Node ends with its own version, below the error."""
    said = "print('Error: no such module', '    at x.js', '', 'Node.js v20', sep=chr(10), file=sys.stderr); sys.exit(1)"
    with pytest.raises(Unanswerable, match=r"exit code 1: Error: no such module\.$"):
        Candidate.of(f'command:{sys.executable} -c "import sys; {said}"')


def test_the_time_that_a_question_takes_grows_with_its_length() -> None:
    """Not with the square of it: a large tensor is a line of tens of megabytes."""
    echo = Program(
        [sys.executable, "-c", "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"]
    )

    def seconds(megabytes: int) -> float:
        begun = time.process_time()
        echo.ask({"lawful": "x" * (megabytes << 20)})
        return time.process_time() - begun

    seconds(1)
    assert seconds(48) < 30 * seconds(4)


def test_one_check_is_lost_and_the_next_begins_anew(tmp_path: Path) -> None:
    text = (PROGRAMS / "adamw.py").read_text()
    (tmp_path / "half.py").write_text(
        text.replace('    elif asked == "save":', '    elif asked == "save":\n        raise SystemExit("no")')
    )
    candidate = Candidate.of(f"command:{sys.executable} {tmp_path / 'half.py'}")
    assert evidence_of(candidate, "resume").verdict is Verdict.UNLAWFUL
    assert evidence_of(candidate, "idle").verdict is Verdict.LAWFUL


NARROW = """    c1, c2 = (1 - struct.unpack("f", struct.pack("f", b ** memory["t"]))[0] for b in (b1, b2))
"""


def test_what_ends_in_an_arithmetic_that_explains_the_rest_is_told_as_that(tmp_path: Path) -> None:
    """Not as a rule that is not followed: βᵗ is kept in float32, and the seventh step kills it."""
    text = (PROGRAMS / "adamw.py").read_text().replace("import sys\n", "import struct\nimport sys\n")
    old = '    c1, c2 = 1 - b1 ** memory["t"], 1 - b2 ** memory["t"]\n'
    killed = NARROW + "    if memory['t'] > 6: sys.exit('Error: too long')\n"
    kept, found = (
        conformance(Candidate.of(written(tmp_path / name, text.replace(old, new)))).evidence()
        for name, new in (("narrow.py", NARROW), ("killed.py", killed))
    )
    assert kept.verdict is Verdict.LAWFUL and "kept in float32" in kept.arithmetic
    assert found.verdict is Verdict.CRASHED and "Error: too long" in found.findings[0].message, found.findings


def written(file: Path, text: str) -> str:
    file.write_text(text)
    return f"command:{sys.executable} {file}"
