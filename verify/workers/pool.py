"""Worker processes: what a candidate does to its process costs the question that was asked, and nothing else.

A fork server that has torch imported and one optimizer constructed makes a fresh process cheap. Each process
has a pipe of its own and serves questions about one thing only; it is replaced when it is needed for another,
exceeds its time or ends. What it answers is data, decoded into the type that the question gives.
"""

import multiprocessing
import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any, Self, TypeVar

from lawful.verify.errors import WorkerDiedError
from lawful.verify.workers.process import Process

T = TypeVar("T")

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",  # no pool of processes that would outlive the check
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "Agg",
}


class AnyPool(ABC):
    """What questions are asked of: workers on this machine or on others, or none.

    Attributes:
        workers: how many questions it works on at a time.
    """

    workers: int

    @abstractmethod
    def call(self, function: str, *arguments: Any, gives: type[T], timeout: float, about: str = "") -> T:
        """What `module:function` returns, a `gives`, asked within `timeout` seconds about one thing."""

    @abstractmethod
    def start(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Begins to call a function that calls."""

    def ask(
        self, function: str, *arguments: Any, gives: type[T], timeout: float, about: str = ""
    ) -> "Future[T]":
        """Begins a `call`."""
        return self.start(lambda: self.call(function, *arguments, gives=gives, timeout=timeout, about=about))


class Threaded(AnyPool):
    """A pool that has a thread for each of its workers; a context manager, which stops it.

    Args:
        workers: how many.
    """

    def __init__(self, workers: int) -> None:
        """Threads start with the first question."""
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="lawful")

    def start(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Calls a function in one of the threads."""
        return self._threads.submit(function, *arguments)

    @abstractmethod
    def stop(self) -> None:
        """Ends all workers; what is under way is given up."""

    def __enter__(self) -> Self:
        """The pool."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """See `stop`."""
        self.stop()


class Pool(Threaded):
    """A pool of workers; a context manager.

    Args:
        workers: how many processes; as many as there are processors by default.
        ready: modules that the fork server imports, so that no worker need do what they do once; of the first pool.
    """

    def __init__(self, workers: int = 0, ready: Sequence[str] = ()) -> None:
        """Starts the fork server; workers start with the first question."""
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["lawful.verify.workers.preload", *ready])
        with _environment(), _deaf():
            forkserver.ensure_running()
        super().__init__(workers or min(os.cpu_count() or 1, 8))
        self._lock, self._stopped = threading.Lock(), False
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    def call(self, function: str, *arguments: Any, gives: type[T], timeout: float, about: str = "") -> T:
        """What `module:function` returns, a `gives`, in a process that has served nothing else than `about`.

        Raises:
            Unanswerable: the function says so.
            WorkerTimeoutError: it took more than `timeout` seconds.
            WorkerDiedError: its process ended.
            WorkerRaisedError: it raised anything else.
        """
        process = self._hired(about)
        try:
            answer = process.ask(function, arguments, timeout, gives)
        except BaseException:
            self._dismiss(process)
            raise
        with self._lock:
            self._idle.append(process)
        return answer

    def _hired(self, about: str) -> Process:
        """An idle process that served the same; else a new one, in place of an idle one that did not."""
        with self._lock:
            found = next((p for p in self._idle if p.about == about), next(iter(self._idle), None))
            if found is not None:
                self._idle.remove(found)
        if found is not None and found.about == about and found.alive:
            return found
        if found is not None:
            self._dismiss(found)
        if self._stopped:  # else a fork server that was ended would be started again, torch and all
            raise WorkerDiedError("the run was stopped")
        return self._engaged(Process(self._context, _serve, about))

    def _engaged(self, process: Process) -> Process:
        with self._lock:
            self._all.add(process)
            stopped = self._stopped
        if stopped:
            self._dismiss(process)
            raise WorkerDiedError("the run was stopped")
        return process

    def _dismiss(self, process: Process) -> None:
        with self._lock:
            here = process in self._all
            self._all.discard(process)
        if here:
            process.end()

    def stop(self) -> None:
        """Ends all workers; what is under way is given up."""
        with self._lock:
            self._stopped, processes = True, list(self._all)
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            self._dismiss(process)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """See `stop`; after Ctrl-C, nobody waits for a fork server that is still importing torch."""
        self._stopped = True
        if kind is KeyboardInterrupt:
            _end_fork_server()
        self.stop()


class Here(AnyPool):
    """No workers: every question is answered at once in this process, so that a debugger sees it."""

    workers = 1

    def call(self, function: str, *arguments: Any, gives: type[T], timeout: float, about: str = "") -> T:
        """What `module:function` returns; there is no time limit, and what it raises comes as it is."""
        from lawful.verify.workers.worker import call

        answer: T = call(function, *arguments)
        return answer

    def start(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Calls a function at once."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


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


@contextmanager
def _deaf() -> Iterator[None]:
    """What starts meanwhile ignores Ctrl-C, which is for this process alone: it ends its workers itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_fork_server() -> None:
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def _serve(pipe: Connection) -> None:
    """Named here so that this process need not import `worker`, and torch with it."""
    from lawful.verify.workers.worker import serve

    serve(pipe)
