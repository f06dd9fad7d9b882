"""A program of any language, asked one JSON object a line and answering one; what it may do wrong, in words."""

import json
import os
import re
import select
import subprocess
import tempfile
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import IO, Any, NoReturn

from lawful.verify.errors import first_line

PATIENCE = 20.0
"""Seconds that one answer may take; a check has more."""

LONGEST = 1 << 26
"""Bytes of the longest answer that is read."""

CHUNK = 1 << 16
SHOWN = 60
"""How many characters of a wrong answer are told."""

SIGNALS = {4: "illegal instruction", 6: "abort", 8: "arithmetic error", 9: "killed", 11: "segmentation fault"}

NAMES_AN_ERROR = re.compile(r"[\w.]*(Error|Exception)\b|fatal|panic", re.IGNORECASE)
"""How a line begins that does: `Error: Cannot find module` of Node, which writes its own version last."""

STARTED: set[int] = set()
"""The process ids of all programs that run."""


class ProgramError(Exception):
    """A program did not answer as the protocol says."""


class Program:
    """A process that is started as it was typed, without a shell.

    Args:
        command: the words of its command line.

    Attributes:
        waits: whether it can be asked something.
        numbered: whether it says the number of the question with each answer, as it has promised.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Starts the process.

        Raises:
            ProgramError: it cannot be started.
        """
        self._errors = tempfile.TemporaryFile()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        try:
            self._process = subprocess.Popen(list(command), bufsize=0, **pipes)  # type: ignore[call-overload]
        except OSError as error:
            raise ProgramError(f"it cannot be started: {error.strerror}") from error
        STARTED.add(self._process.pid)
        self._end = weakref.finalize(self, _ended, self._process, self._errors)
        self.waits, self.numbered, self._asked = True, False, 0
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question, both JSON objects.

        Raises:
            ProgramError: there is none within `PATIENCE`, or it is none.
        """
        (name, *_) = question
        until = time.monotonic() + PATIENCE
        self._asked += 1
        number = {"id": self._asked} if self.numbered else {}
        try:
            self._write(json.dumps({**question, **number}, allow_nan=False).encode() + b"\n", name, until)
            return _numbered(_object(self._line(name, until), name), number, name)
        except ProgramError:
            self.end()
            raise

    def end(self) -> None:
        """Ends the process, as happens too when nobody asks it any more."""
        self.waits = False
        self._end()

    def _write(self, said: bytes, name: str, until: float) -> None:
        text = memoryview(said)  # of which the rest is no copy: a question may have tens of megabytes
        while text:
            readable, _, _ = select.select([self._out], [], [], 0)
            if readable:
                self._spoke(os.read(self._out, CHUNK), name)
            _, writable, _ = select.select([], [self._in], [], max(until - time.monotonic(), 0))
            if not writable:
                raise ProgramError(f"it does not read what it is asked, to {name}, within {PATIENCE:g} s")
            try:
                text = text[os.write(self._in, text) :]
            except BrokenPipeError:
                self._ended(name)

    def _line(self, name: str, until: float) -> bytes:
        found, read = bytearray(), b""
        while b"\n" not in read:
            readable, _, _ = select.select([self._out], [], [], max(until - time.monotonic(), 0))
            if not readable:
                begun = f" but {_shown(found)}, without the end of the line," if found else ""
                raise ProgramError(f"no answer{begun} to {name} within {PATIENCE:g} s")
            read = os.read(self._out, CHUNK)
            if not read:
                self._ended(name, found)
            found += read
            if len(found) > LONGEST:
                raise ProgramError(f"its answer to {name} has no end after {len(found):,} bytes")
        line, _, more = bytes(found).partition(b"\n")
        if more:
            self._spoke(more, name)
        return line

    def _spoke(self, said: bytes, name: str) -> None:
        """It says something out of turn, or has ended; which of two questions is nearer hangs on the machine."""
        if not said:
            self._ended(f"before it was asked to {name}")
        raise ProgramError(f"it says {_shown(said)} without being asked")

    def _ended(self, asked: str, begun: bytes | bytearray = b"") -> NoReturn:
        half = f"in the middle of a line, {_shown(begun)}, " if begun else ""
        at = asked if asked.startswith("before") else f"when asked to {asked}"
        raise ProgramError(f"it ended {half}{at}{self._how()}")

    def _how(self) -> str:
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return ", as far as its output goes"
        signal = SIGNALS.get(-code, "")
        how = f" by signal {-code}{signal and f' ({signal})'}" if code < 0 else f" with exit code {code}"
        self._errors.seek(max(self._errors.seek(0, os.SEEK_END) - CHUNK, 0))
        said = _last_words(self._errors.read().decode(errors="replace"))
        return f"{how}: {said}" if said else how


def _ended(process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
    process.kill()
    process.wait()
    STARTED.discard(process.pid)
    for stream in (process.stdin, process.stdout, errors):
        if stream is not None:
            stream.close()


def _last_words(errors: str) -> str:
    """What a program wrote of its end: the last line that names an error, as others may follow; else the last."""
    lines = errors.strip().splitlines()
    return first_line(next(filter(NAMES_AN_ERROR.match, reversed(lines)), lines[-1])) if lines else ""


def _object(line: bytes, name: str) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise ProgramError(f"its answer to {name} is no JSON: {_shown(line)}") from None
    if not isinstance(answer, dict):
        raise ProgramError(f"its answer to {name} is no object: {_shown(line)}")
    return answer


def _numbered(answer: dict[str, Any], number: Mapping[str, int], name: str) -> dict[str, Any]:
    """The answer without its number, which is that of the question."""
    said = {key: answer.pop(key, None) for key in number}
    if said != number:
        raise ProgramError(f"its answer to {name}, question {number['id']}, has the id {said['id']!r}")
    return answer


def _shown(said: bytes | bytearray) -> str:
    text = said.decode(errors="replace").strip()
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
