"""One worker process as its parent sees it: asked a question, it answers, takes too long, or ends."""

import os
import pickle
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from lawful.verify.encoding import decode, restore
from lawful.verify.errors import (
    Unanswerable,
    WorkerDiedError,
    WorkerRaisedError,
    WorkerTimeoutError,
    first_line,
)

T = TypeVar("T")

LARGEST = 1 << 28
"""Bytes of the longest answer that is read."""

START = 300.0
"""Seconds within which a process must be ready: the first waits for torch to be imported."""

SHORT = 0.05
"""Seconds that are not worth waiting for."""

SIGNALS = {
    4: "illegal instruction", 6: "abort", 7: "bus error", 8: "arithmetic error", 9: "killed",
    11: "segmentation fault", 14: "alarm", 15: "terminated",
}  # fmt: skip


class Process:
    """A worker process.

    Args:
        context: how processes are started.
        serve: what it runs, with its end of the pipe.
        about: the one thing that it is asked about.
    """

    def __init__(self, context: ForkServerContext, serve: Callable[[Connection], None], about: str) -> None:
        """Starts the process.

        Raises:
            WorkerDiedError: the fork server has ended.
        """
        self.about, self._ready = about, False
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,))
        try:
            self._process.start()
        except (EOFError, OSError) as error:
            raise WorkerDiedError("no worker can be started") from error
        theirs.close()

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    def ask(self, function: str, arguments: tuple[Any, ...], timeout: float, gives: type[T]) -> T:
        """What `module:function` returns in the process, which has `timeout` seconds from when it begins; those do not
        count in which others had its processor, so that no answer depends on how busy the machine is.

        The process may be a candidate's by now: what it sends is data, or it is nothing.

        Raises:
            Unanswerable: the function says so.
            WorkerTimeoutError, WorkerDiedError, WorkerRaisedError: there is no answer.
        """
        try:
            if not self._ready:
                self._ready = self._received(START) == b""
            self._pipe.send_bytes(pickle.dumps((function, arguments)))
            answer = self._received(timeout)
        except (
            EOFError,
            OSError,
            ValueError,
        ) as error:  # the pipe is closed, or what comes through it is no answer
            raise WorkerDiedError(ending(self._process)) from error
        return _read(answer, gives)

    def _received(self, timeout: float) -> bytes:
        begun, queued, left = monotonic(), self._queued, timeout
        while not (ready := wait([self._pipe, self._process.sentinel], left)):
            left = timeout + (self._queued - queued) - (monotonic() - begun)
            if left < SHORT:
                raise WorkerTimeoutError(f"it takes more than {timeout:g} s")
        if self._pipe not in ready:
            raise EOFError
        return self._pipe.recv_bytes(LARGEST)

    @property
    def _queued(self) -> float:
        """Seconds for which the process could have run and others ran in its place; 0 where the system does not say."""
        try:
            return int(Path(f"/proc/{self._process.pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def end(self) -> None:
        """Ends the process and what it started."""
        try:
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        except ProcessLookupError:  # it does not lead a group of its own yet
            self._process.kill()
        self._process.join()
        self._pipe.close()


def ending(process: BaseProcess) -> str:
    """How a process that nobody ended has ended."""
    process.join(1.0)
    code = process.exitcode
    if code is None:
        return "the process closed its connection"
    if code < 0:
        return f"the process was ended by signal {-code} ({SIGNALS.get(-code, 'unusual')})"
    return f"the process ended itself with exit code {code}"


def _read(answer: bytes, gives: type[T]) -> T:
    try:
        kind, value = decode(answer)
        if kind == "answer":
            return restore(gives, value)
        said = restore(str, value)
    except Exception as error:
        raise WorkerRaisedError(f"its answer cannot be read: {first_line(error)}") from error
    raise Unanswerable(said) if kind == "unanswerable" else WorkerRaisedError(said)
