"""Questions that cannot be answered, said in one line."""

from collections.abc import Iterable
from difflib import get_close_matches


class Unanswerable(ValueError):
    """The question was wrong: unknown target, rule, law or option. The command line exits with 2."""


def unknown(kind: str, name: str, known: Iterable[str]) -> Unanswerable:
    """An `Unanswerable` that names what was asked for, the nearest names, and all names where they are few."""
    names = sorted(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}."
    return Unanswerable(f"unknown {kind} {name!r}: {hint}")
