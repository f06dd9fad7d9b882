"""Questions that cannot be answered, said in one line; and workers that did not answer."""

from collections.abc import Iterable
from difflib import get_close_matches


class Unanswerable(ValueError):
    """The question was wrong: unknown target, rule, law or option. The command line exits with 2."""


class WorkerError(Exception):
    """A worker did not answer; the message, in the third person, says what it did."""


class WorkerDiedError(WorkerError):
    """The worker's process ended before it answered."""


class WorkerTimeoutError(WorkerError):
    """The worker did not answer in time."""


class WorkerRaisedError(WorkerError):
    """The question raised an exception that is no `Unanswerable`."""


def unknown(kind: str, name: str, known: Iterable[str]) -> Unanswerable:
    """An `Unanswerable` that says what was asked for, and the nearest names, or all where none is near."""
    names = sorted(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names) or 'none'}."
    return Unanswerable(f"unknown {kind} {name!r}: {hint}")
