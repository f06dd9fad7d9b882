"""Workers on the processors of a Ray cluster, whose nodes come and go; what asks them asks as of a pool."""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from lawful.verify.errors import Unanswerable, WorkerDiedError, WorkerError, first_line
from lawful.verify.workers.pool import Pool, Threaded

T = TypeVar("T")

TRIES = 4
"""How often a question is sent out whose node, or process, is lost."""


def joined(address: str) -> Any:
    """Ray, part of the cluster at an address; `local` begins one of this machine alone.

    Raises:
        Unanswerable: Ray is not installed, or there is no such cluster.
    """
    try:
        import ray
    except ImportError as error:
        raise Unanswerable("Ray is not installed: pip install 'lawful[cluster]'.") from error
    try:
        if not ray.is_initialized():
            dashboard = False if address == "local" else None
            ray.init(address, include_dashboard=dashboard, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise Unanswerable(f"no cluster can be joined at {address!r}: {first_line(error)}") from error
    return ray


def processors(ray: Any) -> int:
    """How many the cluster has now."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


class Seat:
    """What sits on a processor of a node: a pool of one worker, so that what a candidate does costs its question there
    as it does here.

    Args:
        folder: of the one who asks, where the node has it too.
        path: whence that one imports.
    """

    def __init__(self, folder: str, path: Sequence[str]) -> None:
        """Goes to the folder."""
        with suppress(OSError):
            os.chdir(folder)
        sys.path[:] = dict.fromkeys([*path, *sys.path])
        self._pool = Pool(1)

    def call(
        self, function: str, arguments: Sequence[Any], how: dict[str, Any]
    ) -> tuple[Any, Exception | None]:
        """What the pool's `call` returns, or what it raises."""
        try:
            return self._pool.call(function, *arguments, **how), None
        except (Unanswerable, WorkerError) as error:
            return None, error


@dataclass(eq=False)
class Actor:
    """A `Seat`, as it is known here.

    Attributes:
        handle: Ray's.
        about: what it was asked about last.
    """

    handle: Any
    about: str = ""


class Cluster(Threaded):
    """A pool on a cluster: a worker on each of its processors; a context manager.

    Nodes find candidates as this process does: installed, or in a folder that they share with it. A worker that is lost
    with its node has its question asked again, at most `TRIES` times in all.

    Args:
        address: of the cluster.
    """

    def __init__(self, address: str) -> None:
        """Joins it.

        Raises:
            Unanswerable: see `joined`.
        """
        self._ray = joined(address)
        super().__init__(processors(self._ray))
        self._seat = self._ray.remote(num_cpus=1)(Seat)
        self._changed, self._stopped = threading.Condition(), False
        self._idle: list[Actor] = []
        self._all: set[Actor] = set()

    def call(self, function: str, *arguments: Any, gives: type[T], timeout: float, about: str = "") -> T:
        """See `Pool.call`; a node that is lost ends its processes."""
        how = {"gives": gives, "timeout": timeout, "about": about}
        for _ in range(TRIES):
            with suppress(self._ray.exceptions.RayActorError), self._hired(about) as actor:
                answer, error = self._ray.get(actor.handle.call.remote(function, arguments, how))
                break
        else:
            raise WorkerDiedError(f"lost {TRIES} times on its way")
        if error is not None:
            raise error
        value: T = answer
        return value

    @contextmanager
    def _hired(self, about: str) -> Iterator[Actor]:
        """One that is idle, which served the same if there is such; it is struck off if it is lost."""
        actor, back = self._engaged(about), self._idle.append
        try:
            yield actor
        except self._ray.exceptions.RayActorError:
            back = self._all.discard
            raise
        finally:
            with self._changed:
                back(actor)
                self._changed.notify()

    def _engaged(self, about: str) -> Actor:
        with self._changed:
            self._changed.wait_for(self._may_engage)
            if self._stopped:
                raise WorkerDiedError("the run was stopped")
            same = [actor for actor in self._idle if actor.about == about]
            if self._idle:
                actor = (same or self._idle)[0]
                self._idle.remove(actor)
            else:
                actor = Actor(self._seat.remote(os.getcwd(), sys.path))
                self._all.add(actor)
            actor.about = about
            return actor

    def _may_engage(self) -> bool:
        """Whether nobody need wait any more; there may be fewer processors than there were."""
        return self._stopped or bool(self._idle) or len(self._all) < processors(self._ray)

    def stop(self) -> None:
        """Ends all workers; what is under way is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            for actor in self._all:
                self._ray.kill(actor.handle)
