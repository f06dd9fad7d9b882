"""The ways in which a candidate is run: path, dtype, options."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lawful.verify.candidates.candidate import Candidate


@dataclass(frozen=True)
class Way:
    """One way to run a candidate.

    Attributes:
        path: one of the candidate's paths.
        options: conventions chosen through the constructor, all of them.
        dtype: of the parameters.
        shown: what is particular about it.
    """

    path: str
    options: Mapping[str, Any] = field(default_factory=dict)
    dtype: str = "float32"
    shown: tuple[str, ...] = ()

    def __str__(self) -> str:
        """` (foreach, bfloat16)`; nothing for the plain way."""
        return f" ({', '.join(self.shown)})" if self.shown else ""


Ways = Callable[[Candidate], Iterable[Way]]


def plainly(candidate: Candidate) -> list[Way]:
    """The first path, with the options by which the candidate is what it claims."""
    return [Way(next(iter(candidate.paths)), candidate.options.plain)]


def paths(candidate: Candidate) -> list[Way]:
    """Every path."""
    (plain,) = plainly(candidate)
    others = [p for p in candidate.paths if p != plain.path]
    return [plain, *(replace(plain, path=p, shown=(p,)) for p in others)]


def options(candidate: Candidate) -> list[Way]:
    """The first path, with each other value of each option."""
    (plain,) = plainly(candidate)
    others = [(o, v) for o, values in candidate.options.values.items() for v in values[1:]]
    return [
        plain,
        *(replace(plain, options={**plain.options, o: v}, shown=(f"{o}={v!r}",)) for o, v in others),
    ]


def paths_and_options(candidate: Candidate) -> list[Way]:
    """Every path, and each other value of each option on every path."""
    return [
        replace(chosen, path=path.path, shown=(*path.shown, *chosen.shown))
        for path in paths(candidate)
        for chosen in options(candidate)
    ]


def in_dtypes(ways: Ways, *dtypes: str) -> Ways:
    """The same ways in several dtypes."""
    return lambda candidate: [
        replace(way, dtype=dtype, shown=(*way.shown, dtype)) for way in ways(candidate) for dtype in dtypes
    ]
