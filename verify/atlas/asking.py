"""A release asked in a process of its environment, one question after the other; by a thread here or a task."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from lawful.verify.atlas.environment import InstallError, environment
from lawful.verify.atlas.query import Answer, Failure, Query
from lawful.verify.encoding import decode, encode, restore
from lawful.verify.evidence import Verdict

Batch = Sequence[Query]
"""Questions about one release, which are asked in one process; at least one."""

Told = Iterator[tuple[Query, Answer]]
"""Each question with its answer, as they come."""

LONGEST = 16
"""Questions of a batch: so many share what it takes to start, and are asked again where a node is lost."""


def batches(queries: Iterable[Query], longest: int = LONGEST) -> list[Batch]:
    """The questions, those about one release together; the releases in their order."""
    by_release: dict[object, list[Query]] = {}
    for query in queries:
        alike = query.release.requirements, query.release.variables
        by_release.setdefault(alike, []).append(query)
    return [
        every[start : start + longest]
        for every in by_release.values()
        for start in range(0, len(every), longest)
    ]


def answers(batch: Batch) -> Told:
    """An answer to each of its questions, whatever becomes of the environment; and to as much of what follows from them
    as makes a batch of `LONGEST`.
    """
    start = perf_counter()
    try:
        python = environment(batch[0].release.requirements)
    except InstallError as error:
        failure = Failure("install", Verdict.INCONCLUSIVE, f"{error}")
        yield from ((query, Answer(failure=failure, seconds=perf_counter() - start)) for query in batch)
        return
    asks = {ask for query in batch for ask in (query.ask, *query.then)}
    with Inside(python, sorted(asks), batch[0].release.variables) as inside:
        next_ones: list[Query] = []
        for query in batch:
            answer = inside.ask(query)
            next_ones += query.of(answer.targets)
            yield query, answer
        yield from ((query, inside.ask(query)) for query in next_ones[: max(0, LONGEST - len(batch))])


class Inside:
    """A process of an environment that answers; a context manager.

    Args:
        python: the environment's.
        asks: what will be asked, as far as that is known, so that it is ready for that.
        variables: which it has besides this one's.
    """

    def __init__(
        self, python: Path, asks: Sequence[str] = (), variables: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Starts nothing yet."""
        self._python, self._asks, self._variables, self._process = python, asks, dict(variables), None

    _process: subprocess.Popen[bytes] | None

    def ask(self, query: Query) -> Answer:
        """What it answers. Candidates run in workers of that process, which keep to the limits; it hardly ever ends."""
        process = self._process or self._started()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(encode(query) + b"\n")
            process.stdin.flush()
            return restore(Answer, decode(process.stdout.readline()))
        except Exception as error:  # whatever it wrote is no answer
            self._end()
            said = f"the process that asks in this environment does not answer: {type(error).__name__}"
            return Answer(failure=Failure(query.ask, Verdict.CRASHED, said))

    def _started(self) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(self._python), "-P", "-m", "lawful.verify.front.inside", *self._asks]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=nowhere, env=clean | self._variables
        )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            with self._process as process:
                process.kill()
            self._process = None

    def __enter__(self) -> Self:
        """The process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it, and with it its workers."""
        self._end()
