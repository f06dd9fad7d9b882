"""Ranks: processes that work on one thing and reach each other through torch.distributed (gloo).

They are forked from the worker, which has torch and the candidate imported: a pair costs a tenth of a second, where
fresh interpreters cost several. They belong to the worker's process group and die with it, so that the check's own time
limit is theirs too; and they stay until they are ended, so that none fails because another has finished, and what they
have worked out serves the next question.
"""

import atexit
import importlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import torch

from lawful.properties.runs.running import RaisedError, RefusedError, UnusualError
from lawful.verify.candidates.program import STARTED
from lawful.verify.candidates.surroundings import undone
from lawful.verify.errors import told
from lawful.verify.workers.process import ending

A = TypeVar("A")
T = TypeVar("T")
RANKS = 2
TENSOR = "torch.distributed.tensor"
"""What most ranks use."""

GRACE = 1.0
"""Seconds for the others after one has failed: where a rank ends, all lose their connection, and it is the cause."""


class EndedError(RaisedError):
    """A rank's process has ended."""


def on_ranks(work: Callable[[], T], count: int = RANKS, using: str = TENSOR) -> list[T]:
    """What `work` returns on each of the ranks; see `Ranks`."""
    ranks: Ranks[None, T] = Ranks(lambda _: work(), count, using)
    with ranks:
        return ranks.ask(None)


class Ranks(Generic[A, T]):
    """Ranks that answer one question after another, in one process group; a context manager, which ends them.

    What a question changes around it is undone before the next, as in the worker.

    Args:
        work: done on each of the ranks, with what is asked.
        count: of the ranks.
        using: the module that they use, imported once, before they are forked.
    """

    def __init__(self, work: Callable[[A], T], count: int = RANKS, using: str = TENSOR) -> None:
        """Forks them."""
        importlib.import_module(using)
        self._ranks: list[Rank] = []
        with _store() as store:
            for number in range(count):
                self._ranks.append(Rank(number, count, store, work))

    @property
    def there(self) -> bool:
        """Whether they have not been ended."""
        return bool(self._ranks)

    def ask(self, argument: A) -> list[T]:
        """What they return. Once one of them has raised, none is where the others are: they are ended.

        Raises:
            RefusedError: the work raises this on a rank.
            RaisedError: it raises anything else on a rank, or a rank's process ends.
        """
        try:
            for rank in self._ranks:
                rank.ask(argument)
            return _answers(self._ranks)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Ends them."""
        while self._ranks:
            self._ranks.pop().end()

    def __enter__(self) -> Self:
        """The ranks."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `end`."""
        self.end()


@contextmanager
def _store() -> Iterator[str]:
    """A file where the ranks meet, which nobody has to delete where the system knows files without a name."""
    if hasattr(os, "memfd_create"):
        store = os.memfd_create("ranks")
        try:
            yield f"/proc/self/fd/{store}"
        finally:
            os.close(store)
    else:
        descriptor, path = tempfile.mkstemp(prefix="lawful-")
        os.close(descriptor)
        atexit.register(partial(Path(path).unlink, missing_ok=True))
        yield path


class Rank:
    """One of the processes, as the worker sees it."""

    def __init__(self, number: int, count: int, store: str, work: Callable[[Any], Any]) -> None:
        """Starts it."""
        self.number = number
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(number, count, store, work, theirs), daemon=True)
        self.process.start()
        STARTED.add(self._pid)  # no candidate's
        theirs.close()

    @property
    def _pid(self) -> int:
        return self.process.pid or 0

    def ask(self, argument: Any) -> None:
        """Sends it a question; of one that has ended, the answer says so."""
        with suppress(OSError):
            self.pipe.send(argument)

    def answer(self) -> Any:
        """What it sends: a value, or the exception that was raised instead."""
        try:
            kind, value = torch.load(io.BytesIO(self.pipe.recv_bytes()), weights_only=True)
            return value if kind == "value" else ERRORS[kind](str(value))
        except (EOFError, ConnectionError):
            return EndedError(f"on rank {self.number} {ending(self.process)}")
        except Exception as error:
            return RaisedError(f"on rank {self.number} an answer cannot be read: {told(error)}")

    def end(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.join()
        STARTED.discard(self._pid)
        self.pipe.close()


def _answers(ranks: list[Rank]) -> list[Any]:
    answers: dict[int, Any] = {}
    while waiting := [rank for rank in ranks if rank.number not in answers]:
        failed = any(isinstance(answer, Exception) for answer in answers.values())
        ready = wait([rank.pipe for rank in waiting], GRACE if failed else None)
        answers |= {rank.number: rank.answer() for rank in waiting if rank.pipe in ready}
        if failed:
            break
    errors = [answer for answer in answers.values() if isinstance(answer, Exception)]
    if errors:
        raise min(errors, key=lambda error: not isinstance(error, EndedError))
    return [answers[rank.number] for rank in ranks]


def _serve(number: int, count: int, store: str, work: Callable[[Any], Any], pipe: Connection) -> None:
    """What a rank runs: silent, and gone when the worker is."""
    import torch.distributed as dist

    from lawful.verify.workers.worker import follow_parent, mute

    mute()
    follow_parent()
    torch.set_num_threads(1)  # a fork has none of its parent's
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # the name of this host need not resolve
    dist.init_process_group("gloo", f"file://{store}", rank=number, world_size=count)
    while True:
        buffer, asked = io.BytesIO(), pipe.recv()
        with undone():
            outcome = _outcome(partial(work, asked))
        torch.save(outcome, buffer)
        pipe.send_bytes(buffer.getvalue())


def _outcome(work: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "value", work()
    except tuple(ERRORS.values()) as error:
        return type(error).__name__, str(error)
    except BaseException as error:
        return RaisedError.__name__, f"a rank raises {told(error)}"


ERRORS: dict[str, type[Exception]] = {e.__name__: e for e in (RefusedError, RaisedError, UnusualError)}
"""What a rank may say instead of a value, by name: it sends tensors, numbers and text, and nothing else is read."""
