"""A session: checks handed to workers, each answered by evidence whatever becomes of its worker."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

from lawful.properties.checks import Settings
from lawful.verify.candidates.description import Description
from lawful.verify.errors import Unanswerable, WorkerError, WorkerTimeoutError
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.front.configuration import accepted
from lawful.verify.workers.pool import Here, Pool
from lawful.verify.workers.turns import Turns

Listener = Callable[..., Any]
"""Called as listener(event, **payload): `started` with a check, `finished` with a check and its evidence."""


def describe(pool: Pool | Here, target: str, timeout: float = 60.0) -> Description:
    """The description of a target, by a worker that imports it.

    Raises:
        Unanswerable: it is unknown, fails to import, ends the process or takes too long.
    """
    return _looked_up(pool, "lawful.verify.candidates.description:describe", target, timeout)  # type: ignore[no-any-return]


def targets_of(pool: Pool | Here, target: str, timeout: float = 60.0) -> list[str]:
    """The targets that a word stands for: one, or all of a module whose names claim a rule, or all `bundled`.

    Raises:
        Unanswerable: as for `describe`.
    """
    return _looked_up(pool, "lawful.verify.candidates.description:targets_of", target, timeout)  # type: ignore[no-any-return]


def plan(
    pool: Pool | Here,
    description: Description,
    rule: str,
    settings: Settings,
    arguments: Mapping[str, Any] | None,
) -> list[Check]:
    """The checks of a target.

    Raises:
        Unanswerable: as for `describe`, or the rule, a convention or an argument is wrong.
    """
    known = (description, rule, settings, arguments)
    return _looked_up(pool, "lawful.properties.checks:plan", description.target, settings.timeout, *known)  # type: ignore[no-any-return]


def _looked_up(pool: Pool | Here, function: str, target: str, timeout: float, *arguments: Any) -> Any:
    place = target.rpartition(":")[0]
    rule = f" with the rule {arguments[1]}" if arguments and arguments[1] else ""
    try:
        return pool.call(function, *(arguments or (target,)), timeout=timeout, about=place)
    except WorkerError as error:
        raise Unanswerable(f"{target}{rule} cannot be looked at: {error}.") from error


class Session:
    """Runs checks; as many at a time as there are workers. A context manager.

    Args:
        pool: the workers.
        settings: profile, seed, time limit.
        listener: told of every check that starts and finishes.
    """

    def __init__(
        self, pool: Pool | Here, settings: Settings, listener: Listener = lambda event, **payload: None
    ) -> None:
        """Nothing runs yet."""
        self._pool, self._settings, self._listener = pool, settings, listener
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

    def start(self, checks: Sequence[Check]) -> "dict[str, Future[Evidence]]":
        """Begins to run the checks in the background; check's property and id → its evidence to come.

        A worker goes on with the target that it has, so that the target's process and the oracle's runs serve again.
        """
        once = {check.key: check for check in checks}
        futures: dict[str, Future[Evidence]] = {key: Future() for key in once}
        turns = Turns((check.target, (number, check)) for number, check in enumerate(once.values()))

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
        evidence = self._evidence(check, Path(self._folder.name) / str(number))
        evidence = accepted(evidence, check, self._settings.known)
        self._listener("finished", check=check, evidence=evidence)
        return evidence

    def _evidence(self, check: Check, journal: Path) -> Evidence:
        arguments = check, self._settings, str(journal)
        try:
            answer = self._pool.call(PERFORM, *arguments, timeout=self._settings.timeout, about=check.target)
            assert isinstance(answer, Evidence)
            return answer
        except WorkerTimeoutError:
            return _lost(Verdict.TIMED_OUT, f"it did not finish within {self._settings.timeout:g} s", journal)
        except Exception as error:  # a fault of the check, or one that a candidate caused in it: never a pass
            said = (
                str(error)
                if isinstance(error, WorkerError | Unanswerable)
                else f"{type(error).__name__}: {error}"
            )
            return _lost(Verdict.CRASHED, said, journal)


PERFORM = "lawful.properties.checks:perform"


def _lost(verdict: Verdict, message: str, journal: Path) -> Evidence:
    """Evidence of a check without an answer; what was running then is in the finding."""
    running = journal.read_text() if journal.exists() else "before any step"
    return Evidence(
        verdict, findings=[Finding(f"{message[0].upper()}{message[1:]}.", details=f"Running: {running}")]
    )
