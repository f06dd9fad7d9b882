"""A session: checks handed to workers, each answered by evidence whatever becomes of its worker."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Semaphore, Thread
from typing import Any

from lawful.properties.checks import Settings
from lawful.verify.candidate import Description
from lawful.verify.configuration import known_deviation
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.pool import Here, Pool, WorkerDiedError, WorkerTimeoutError

Listener = Callable[..., Any]
"""Called as listener(event, **payload): `started` with a check, `finished` with a check and its evidence."""


def describe(pool: Pool | Here, target: str, timeout: float = 60.0) -> Description:
    """The description of a target, by a worker that imports it.

    Raises:
        Unanswerable: the target cannot be described: unknown, fails to import, ends the process, takes too long.
    """
    return _looked_up(pool, "lawful.verify.candidate:describe", target, timeout)  # type: ignore[no-any-return]


def targets_of(pool: Pool | Here, target: str, timeout: float = 60.0) -> list[str]:
    """The targets that a word stands for: one, or all of a module whose names claim a rule, or all `bundled`.

    Raises:
        Unanswerable: as for `describe`.
    """
    return _looked_up(pool, "lawful.verify.candidate:targets_of", target, timeout)  # type: ignore[no-any-return]


def _looked_up(pool: Pool | Here, function: str, target: str, timeout: float) -> Any:
    try:
        return pool.ask(function, target, timeout=timeout).answer()
    except WorkerDiedError as error:
        raise Unanswerable(f"{target} cannot be imported: {error}.") from error
    except WorkerTimeoutError as error:
        raise Unanswerable(f"{target} cannot be imported: it takes more than {timeout:g} s.") from error


class Session:
    """Runs checks; as many at a time as there are workers.

    Args:
        pool: the workers.
        settings: profile, seed, time limit.
        listener: told of every check that starts and finishes.
    """

    def __init__(self, pool: Pool | Here, settings: Settings, listener: Listener = lambda event, **payload: None) -> None:
        """Nothing runs yet."""
        self._pool, self._settings, self._listener = pool, settings, listener
        self._folder = tempfile.TemporaryDirectory(prefix="lawful-", ignore_cleanup_errors=True)
        self._free = Semaphore(pool.workers)

    def start(self, checks: Sequence[Check]) -> "dict[str, Future[Evidence]]":
        """Begins to run the checks in the background; check's property and id → its evidence to come."""
        futures: dict[str, Future[Evidence]] = {check.key: Future() for check in checks}
        Thread(target=self._feed, args=(checks, futures), daemon=True).start()
        return futures

    def run(self, checks: Sequence[Check]) -> Iterator[tuple[Check, Evidence]]:
        """The checks' evidence, in the order of the checks."""
        futures = self.start(checks)
        for check in checks:
            yield check, futures[check.key].result()

    def _feed(self, checks: Sequence[Check], futures: "dict[str, Future[Evidence]]") -> None:
        for number, check in enumerate(checks):
            self._free.acquire()
            journal = Path(self._folder.name) / str(number)
            self._listener("started", check=check)
            ask = self._pool.ask("lawful.properties.checks:perform", check, self._settings, str(journal), timeout=self._settings.timeout)
            Thread(target=self._finish, args=(check, ask, journal, futures[check.key]), daemon=True).start()

    def _finish(self, check: Check, ask: Any, journal: Path, future: "Future[Evidence]") -> None:
        reason = known_deviation(self._settings.known, check.key)
        evidence = replace(self._evidence(ask, journal), known=reason)
        self._free.release()
        self._listener("finished", check=check, evidence=evidence)
        future.set_result(evidence)

    def _evidence(self, ask: Any, journal: Path) -> Evidence:
        try:
            answer = ask.answer()
            assert isinstance(answer, Evidence)
            return answer
        except WorkerTimeoutError:
            message = f"it did not finish within {self._settings.timeout:g} s"
            return _lost(Verdict.TIMED_OUT, message, journal)
        except WorkerDiedError as error:
            return _lost(Verdict.CRASHED, str(error), journal)
        except Unanswerable as error:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[str(error)])
        except Exception as error:  # a fault of the check, or one that a candidate caused in it: never a pass
            return _lost(Verdict.CRASHED, f"{type(error).__name__}: {error}", journal)


def _lost(verdict: Verdict, message: str, journal: Path) -> Evidence:
    """Evidence of a check without an answer; what was running then is in the finding."""
    running = journal.read_text() if journal.exists() else "before any step"
    return Evidence(verdict, findings=[Finding(f"{message[0].upper()}{message[1:]}.", details=f"Running: {running}")])
