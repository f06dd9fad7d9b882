"""A session: checks handed to workers, each answered by evidence whatever becomes of its worker."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from lawful.verify.errors import Unanswerable, WorkerDiedError, WorkerError, WorkerTimeoutError
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.front.configuration import Known, accepted
from lawful.verify.workers.pool import AnyPool
from lawful.verify.workers.turns import Turns

if TYPE_CHECKING:
    from lawful.properties.settings import Settings

Listener = Callable[..., Any]
"""Called as listener(event, **payload): `started` with a check, `finished` with a check and its evidence."""


class Session:
    """Runs checks; as many at a time as there are workers. A context manager.

    Args:
        pool: the workers.
        settings: profile, seed, time limit.
        listener: told of every check that starts and finishes.
        known: pattern of check keys → why a finding there is accepted, and until when.
        lost: targets that have cost a worker when they were tried.
        first: whether nothing more is asked once a check has failed.
    """

    def __init__(
        self,
        pool: AnyPool,
        settings: Settings,
        listener: Listener = lambda event, **payload: None,
        known: Mapping[str, Known] = MappingProxyType({}),
        lost: Sequence[str] = (),
        first: bool = False,
    ) -> None:
        """Nothing runs yet."""
        self._lost, self._first, self._failed = Counter(lost), first, False
        self._pool, self._settings, self._listener, self._known = pool, settings, listener, known
        self._numbers = count()
        self._folder = tempfile.TemporaryDirectory(prefix="lawful-", ignore_cleanup_errors=True)

    def close(self) -> None:
        """Removes what was written down of running checks; those that still run can no longer be waited for."""
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """The session."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `close`."""
        self.close()

    def start(self, checks: Sequence[Check]) -> dict[str, Future[Evidence]]:
        """Begins to run the checks in the background; check's property and id → its evidence to come.

        A worker goes on with the target that it has, so that the target's process serves again; and with the property
        and the dtype of what is asked several times, so that the oracle's runs do, and what is imported for it.
        """
        once = {check.key: check for check in checks}
        futures: dict[str, Future[Evidence]] = {key: Future() for key in once}
        shared = asked_again(once.values())
        turns = Turns(
            (check.target, shared.get(check.key, ""), (next(self._numbers), check)) for check in once.values()
        )

        def turn() -> None:
            number, check = turns.take()
            try:
                futures[check.key].set_result(self._run(check, number))
            except BaseException as error:
                futures[check.key].set_exception(error)
                raise

        for _ in once:
            self._pool.start(turn)
        return futures

    def run(self, checks: Sequence[Check]) -> Iterator[tuple[Check, Evidence]]:
        """The checks' evidence, in the order of the checks."""
        futures = self.start(checks)
        for check in checks:
            yield check, futures[check.key].result()

    def _run(self, check: Check, number: int) -> Evidence:
        self._listener("started", check=check)
        if self._first and self._failed:
            evidence = Evidence(Verdict.INCONCLUSIVE, notes=["not asked, for another check had failed"])
        else:
            evidence = self._evidence(check, Path(self._folder.name) / str(number))
        evidence = accepted(evidence, check, self._known)
        self._failed |= bool(evidence.counted.exit_code)
        self._listener("finished", check=check, evidence=evidence)
        return evidence

    def _evidence(self, check: Check, journal: Path) -> Evidence:
        if self._lost[check.target] >= GIVEN_UP:
            return Evidence(Verdict.INCONCLUSIVE, notes=[NOT_ASKED])
        arguments = check, self._settings, str(journal)
        try:
            limit = self._settings.timeout
            answer = self._pool.call(PERFORM, *arguments, gives=Evidence, timeout=limit, about=check.target)
            self._lost[check.target] = self._lost[check.target] + 1 if _exhausted(answer) else 0
            return answer
        except WorkerTimeoutError:
            self._lost[check.target] += 1
            return _lost(Verdict.TIMED_OUT, f"it did not finish within {self._settings.timeout:g} s", journal)
        except Exception as error:  # a fault of the check, or one that a candidate caused in it: never a pass
            self._lost[check.target] += isinstance(error, WorkerDiedError)
            known = isinstance(error, WorkerError | Unanswerable)
            said = str(error) if known else f"{type(error).__name__}: {error}"
            return _lost(Verdict.CRASHED, said, journal)


GIVEN_UP = 2
"""Checks of a target in a row that ended their process, did not end in time or used up all memory, after which it is
asked no more."""

NOT_ASKED = (
    "not asked, for two checks before it ended their process, did not end in time or used up all memory"
)

EXHAUSTED = ("MemoryError", "can't allocate memory")
"""What Python and torch say where there is no more memory."""


def _exhausted(evidence: Evidence) -> bool:
    """Whether the candidate was seen to use up what a worker has, which takes as long as it takes."""
    said = [*(finding.message for finding in evidence.findings), *evidence.notes]
    return any(words in text for text in said for words in EXHAUSTED)


def asked_again(checks: Iterable[Check]) -> dict[str, str]:
    """Of the checks of a property that is asked of a target several times: key → property and dtype."""
    asked = list(checks)
    times = Counter((check.target, check.property) for check in asked)
    return {c.key: f"{c.property} in {c.dtype}" for c in asked if times[c.target, c.property] > 1}


PERFORM = "lawful.properties.checks:perform"


def _lost(verdict: Verdict, message: str, journal: Path) -> Evidence:
    """Evidence of a check without an answer; what was running then is in the finding."""
    running = (journal.read_text() if journal.exists() else "") or "before any step"
    return Evidence(
        verdict, findings=[Finding(f"{message[0].upper()}{message[1:]}.", details=f"Running: {running}")]
    )
