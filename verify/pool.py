"""Worker processes: whatever a candidate does to its process costs the question that was asked, and nothing else.

pebble starts the workers from a fork server that has torch imported and one optimizer constructed, which makes a fresh
worker cheap; it kills a worker that exceeds its time, and replaces one that died.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from multiprocessing import forkserver
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "MPLBACKEND": "Agg"}


class WorkerDiedError(Exception):
    """The worker's process ended before it answered."""


class WorkerTimeoutError(Exception):
    """The worker did not answer in time."""


@dataclass(frozen=True)
class Ask:
    """A question under way."""

    future: "Future[Any]"

    def answer(self) -> Any:
        """What the function returned.

        Raises:
            WorkerTimeoutError: it took too long.
            WorkerDiedError: its process ended.
            Exception: whatever the function raised.
        """
        try:
            return self.future.result()
        except FutureTimeout as error:
            raise WorkerTimeoutError(str(error)) from error
        except ProcessExpired as error:
            raise WorkerDiedError(_ending(error.exitcode)) from error


def _ending(code: int) -> str:
    if code < 0:
        return f"the process was ended by signal {-code}{_SIGNALS.get(-code, '')}"
    return f"the process ended itself with exit code {code}"


_SIGNALS = {4: " (illegal instruction)", 6: " (abort)", 7: " (bus error)", 8: " (arithmetic error)", 9: " (killed)",
            11: " (segmentation fault)", 24: " (CPU time)"}  # fmt: skip


class Pool:
    """A pool of workers; a context manager.

    Args:
        workers: how many processes; as many as there are processors by default.
    """

    def __init__(self, workers: int = 0) -> None:
        """Starts the fork server; workers start with the first question."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["lawful.verify.preload"])
        with _environment():
            forkserver.ensure_running()
        self.workers = workers or min(os.cpu_count() or 1, 8)
        self._pool = ProcessPool(max_workers=self.workers, initializer=_prepare, context=context)

    def ask(self, function: str, *arguments: Any, timeout: float) -> Ask:
        """Calls `module:function` in a worker, which has `timeout` seconds from when it begins."""
        return Ask(self._pool.schedule(_call, args=(function, *arguments), timeout=timeout))

    def __enter__(self) -> Self:
        """The pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends all workers; what is under way is given up."""
        self.stop()

    def stop(self) -> None:
        """Ends all workers; what is under way is given up."""
        self._pool.stop()
        self._pool.join()


class Here:
    """No workers: every question is answered at once in this process, so that a debugger sees it."""

    workers = 1

    def ask(self, function: str, *arguments: Any, timeout: float) -> Ask:
        """Calls `module:function`; there is no time limit."""
        future: Future[Any] = Future()
        try:
            future.set_result(_call(function, *arguments))
        except Exception as error:
            future.set_exception(error)
        return Ask(future)


@contextmanager
def _environment() -> Iterator[None]:
    """What the fork server inherits: one thread per process, and this process's import path."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT, PYTHONPATH=os.pathsep.join(p for p in sys.path if p))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _call(function: str, *arguments: Any) -> Any:
    """Calls `module:function`, named as text so that only the worker imports the module."""
    module, _, name = function.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))(*arguments)  # type: ignore[operator]


def _prepare() -> None:
    from lawful.verify.worker import prepare

    prepare()
