"""Ranks: processes that work on one thing and reach each other through torch.distributed (gloo).

They are forked from the worker, which has torch and the candidate imported: a pair costs a tenth of a second, where
fresh interpreters cost several. They belong to the worker's process group and die with it, so that the check's own time
limit is theirs too; and they stay until they are ended, so that none fails because another has finished.
"""

import importlib
import io
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

import torch

from lawful.properties.runs.running import RaisedError, RefusedError, UnusualError
from lawful.verify.errors import told
from lawful.verify.workers.process import ending

T = TypeVar("T")
RANKS = 2
TENSOR = "torch.distributed.tensor"
"""What most ranks use."""

GRACE = 1.0
"""Seconds for the others after one has failed: where a rank ends, all lose their connection, and it is the cause."""


class EndedError(RaisedError):
    """A rank's process has ended."""


def on_ranks(work: Callable[[], T], count: int = RANKS, using: str = TENSOR) -> list[T]:
    """What `work` returns on each of the ranks, where a process group of all of them is there.

    Args:
        work: done on each.
        count: of the ranks.
        using: the module that they use, imported once, before they are forked.

    Raises:
        RefusedError: it raises this on a rank.
        RaisedError: it raises anything else on a rank, or a rank's process ends.
    """
    importlib.import_module(using)
    with tempfile.TemporaryDirectory(prefix="lawful-") as folder, ExitStack() as stack:
        ranks: list[Rank] = []
        for number in range(count):
            ranks.append(Rank(number, count, Path(folder) / "store", work))
            stack.callback(ranks[-1].end)
        return _answers(ranks)


class Rank:
    """One of the processes, as the worker sees it."""

    def __init__(self, number: int, count: int, store: Path, work: Callable[[], Any]) -> None:
        """Starts it."""
        self.number = number
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_serve, args=(number, count, store, work, theirs))
        self.process.start()
        theirs.close()

    def answer(self) -> Any:
        """What it sends: a value, or the exception that was raised instead."""
        try:
            kind, value = torch.load(io.BytesIO(self.pipe.recv_bytes()), weights_only=True)
            return value if kind == "value" else ERRORS[kind](str(value))
        except EOFError:
            return EndedError(f"on rank {self.number} {ending(self.process)}")
        except Exception as error:
            return RaisedError(f"on rank {self.number} an answer cannot be read: {told(error)}")

    def end(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.join()
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


def _serve(number: int, count: int, store: Path, work: Callable[[], Any], pipe: Connection) -> None:
    """What a rank runs: silent, and gone when the worker is."""
    import torch.distributed as dist

    from lawful.verify.workers.worker import follow_parent, mute

    mute()
    follow_parent()
    torch.set_num_threads(1)  # a fork has none of its parent's
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # the name of this host need not resolve
    dist.init_process_group("gloo", f"file://{store}", rank=number, world_size=count)
    buffer = io.BytesIO()
    torch.save(_outcome(work), buffer)
    pipe.send_bytes(buffer.getvalue())
    signal.pause()


def _outcome(work: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "value", work()
    except tuple(ERRORS.values()) as error:
        return type(error).__name__, str(error)
    except BaseException as error:
        return RaisedError.__name__, f"a rank raises {told(error)}"


ERRORS: dict[str, type[Exception]] = {e.__name__: e for e in (RefusedError, RaisedError, UnusualError)}
"""What a rank may say instead of a value, by name: it sends tensors, numbers and text, and nothing else is read."""
