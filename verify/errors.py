"""Questions that cannot be answered, said in one line; and workers that did not answer."""

import re
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


FEW = 60
"""So many names are printed where none is near; more nobody reads, if a command lists them."""


LINE = 100
"""So many characters are repeated of what was asked for."""


def unknown(kind: str, name: str, known: Iterable[str], listed_by: str = "") -> Unanswerable:
    """An `Unanswerable` that says what was asked for, and the nearest names; without one, all, or what lists them."""
    names = sorted(known)
    every = f"known: {', '.join(names) or 'none'}."
    there = f"`{listed_by}` lists the {len(names)} known ones."
    hint = nearest(name, names) or (there if listed_by and len(names) > FEW else every)
    return Unanswerable(f"unknown {kind} {short(name)!r}: {hint}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The question whether one of the nearest names was meant, or ""."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else ""


def short(text: str) -> str:
    """What was asked for, no longer than a line."""
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def first_line(text: object) -> str:
    """An error's message in one line of at most 200 characters."""
    return re.sub(r"\s+", " ", str(text)).strip()[:200]


def told(error: BaseException) -> str:
    """An error's class and message in one line, though its `__str__` should fail."""
    try:
        return f"{type(error).__name__}: {first_line(error)}".removesuffix(": ")
    except Exception:
        return type(error).__name__
