"""The ways in which questions go out: threads of this machine, or tasks of a cluster. The answers are the same."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from lawful.verify.atlas.asking import Batch, Told, answers
from lawful.verify.atlas.query import Answer, Failure, Query
from lawful.verify.errors import first_line
from lawful.verify.evidence import Verdict
from lawful.verify.workers.cluster import TRIES, joined, processors

Answering = Callable[[Batch], Told]
"""How a batch is answered."""

Way = Callable[[Sequence[Batch]], Told]
"""How batches go out."""

Watch = Callable[[Batch, bool], Any]
"""Told of a batch that goes out (true), and of the same once it has come back or is lost (false)."""


def _unwatched(_: Batch, __: bool) -> None:
    """Nobody is told."""


def here(workers: int = 0, answering: Answering = answers, watch: Watch = _unwatched) -> Way:
    """On this machine.

    Args:
        workers: batches that are under way at a time; as many as there are processors by default.
        answering: how a batch is answered.
        watch: told what is under way, by the thread that asks it.
    """

    def way(batches: Sequence[Batch]) -> Told:
        told = SimpleQueue[tuple[Query, Answer] | BaseException | None]()

        def run(batch: Batch) -> None:
            watch(batch, True)
            try:
                for one in answering(batch):
                    told.put(one)
                told.put(None)
            except BaseException as error:
                told.put(error)
            finally:
                watch(batch, False)

        threads = ThreadPoolExecutor(workers or os.cpu_count())
        try:
            under_way = [threads.submit(run, batch) for batch in batches]
            for _ in under_way:
                yield from _until_end(told)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    return way


def _until_end(told: "SimpleQueue[tuple[Query, Answer] | BaseException | None]") -> Told:
    """What comes until the end of some batch."""
    while (one := told.get()) is not None:
        if isinstance(one, BaseException):
            raise one
        yield one


AHEAD = 4
"""Batches that are sent out for each processor of the cluster; the rest wait here."""


def on_ray(address: str, answering: Answering = answers, ahead: int = 0, watch: Watch = _unwatched) -> Way:
    """As tasks of Ray, one processor each; a task that is lost with its node is sent out again.

    Args:
        address: of a cluster; `local` for nodes of this process alone.
        answering: how a batch is answered.
        ahead: batches that are sent out at a time; `AHEAD` for each processor by default.
        watch: told what is under way; what waits on a node for its turn is.

    Raises:
        Unanswerable: Ray is not installed, or there is no such cluster.
    """
    ray = joined(address)
    task = ray.remote(num_cpus=1, max_retries=0)(_together).remote

    def way(batches: Sequence[Batch]) -> Told:
        waiting, under_way = deque((batch, 1) for batch in batches), 0
        done = SimpleQueue[tuple[Future[list[tuple[Query, Answer]]], Batch, int]]()

        def send(batch: Batch, tried: int) -> None:
            watch(batch, True)
            task(answering, batch).future().add_done_callback(lambda told: done.put((told, batch, tried)))

        while waiting or under_way:
            for _ in range(min(len(waiting), (ahead or AHEAD * processors(ray)) - under_way)):
                send(*waiting.popleft())
                under_way += 1
            told, batch, tried = done.get()
            under_way -= 1
            watch(batch, False)
            try:
                yield from told.result()
            except ray.exceptions.RayError as error:
                if tried < TRIES:
                    waiting.append((batch, tried + 1))
                else:
                    yield from _lost(batch, error)

    return way


def _together(answering: Answering, batch: Batch) -> list[tuple[Query, Answer]]:
    """A task: a batch, answered."""
    return list(answering(batch))


def _lost(batch: Batch, error: Exception) -> Told:
    """What is said of a batch that came back from no node."""
    said = f"lost {TRIES} times on its way: {first_line(error)}"
    for query in batch:
        yield query, Answer(failure=Failure(query.ask, Verdict.CRASHED, said))
