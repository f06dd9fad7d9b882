"""Vectors and results in files, one JSON object a line; results held against vectors."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

from lawful.properties.vectors.making import Vector
from lawful.verify.encoding import restore
from lawful.verify.errors import Unanswerable, first_line, unknown
from lawful.verify.evidence import Verdict

Rows = Sequence[Sequence[float]]

VERSION = 1
"""Of the files."""


def written(spec: str, vectors: Sequence[Vector], source: str) -> str:
    """The lines of a file: the first says what it is, and the hash of those that follow, a scenario each."""
    lines = "".join(json.dumps(asdict(vector), allow_nan=False) + "\n" for vector in vectors)
    digest = hashlib.sha256(lines.encode()).hexdigest()
    head = {"lawful": "vectors", "version": VERSION, "rule": spec, "source": source, "sha256": digest}
    return json.dumps(head) + "\n" + lines


def read(path: Path) -> list[Vector]:
    """The vectors of a file.

    Raises:
        Unanswerable: it is none, or was changed.
    """
    head, _, lines = _text(path).partition("\n")
    first = _object(head, path)
    if first.get("lawful") != "vectors" or first.get("version") != VERSION:
        raise Unanswerable(f"{path} is no file of vectors, version {VERSION}: see docs/vectors.md.")
    if hashlib.sha256(lines.encode()).hexdigest() != first.get("sha256"):
        raise Unanswerable(f"{path} was changed since it was written: its lines have another SHA-256.")
    return [restore(Vector, _object(line, path)) for line in lines.splitlines()]


@dataclass(frozen=True)
class Judged:
    """What became of a scenario in a format.

    Attributes:
        name: the scenario's.
        format: in which it was run.
        worst: the largest deviation, in budgets.
        where: the first place at which the budget is left, in words.
        like: the wrong neighbour that it is, if it is one.
    """

    name: str
    format: str
    worst: float
    where: str = ""
    like: str = ""

    @property
    def verdict(self) -> Verdict:
        """Lawful within the budget."""
        return Verdict.LAWFUL if self.worst <= 1 else Verdict.UNLAWFUL


def judged(vectors: Sequence[Vector], results: Path) -> list[Judged]:
    """Results held against vectors: lines of `{"name": …, "format": …, "values": [[…], …]}`.

    Raises:
        Unanswerable: a line is no such object, or speaks of what is not in the vectors.
    """
    by_name = {vector.name: vector for vector in vectors}
    return [_judged(by_name, _result(line, results), results) for line in _text(results).splitlines() if line]


def missing(vectors: Iterable[Vector], found: Iterable[Judged]) -> list[str]:
    """The scenarios of which there are no results."""
    names = {each.name for each in found}
    return [vector.name for vector in vectors if vector.name not in names]


@dataclass(frozen=True)
class Result:
    """What somebody's implementation makes of a scenario."""

    name: str
    format: str
    values: list[list[float | str]]


def _judged(vectors: Mapping[str, Vector], result: Result, path: Path) -> Judged:
    if result.name not in vectors:
        raise unknown("scenario", result.name, vectors)
    vector = vectors[result.name]
    if result.format not in vector.budget:
        raise unknown(f"format of {vector.name!r}", result.format, vector.budget)
    values = _numbers(result.values, vector, path)
    ratios = _ratios(values, vector.expected, vector.budget[result.format])
    worst = max(map(max, ratios))
    if worst <= 1:
        return Judged(vector.name, result.format, worst)
    step = next(k for k, row in enumerate(ratios) if max(row) > 1)
    i = ratios[step].index(max(ratios[step]))
    seen, expected = values[step][i], vector.expected[step][i]
    where = f"at step {step + 1}, element {i} is {seen!r}, not {expected!r}"
    return Judged(vector.name, result.format, worst, where, next(_alike(values, vector, result.format), ""))


def _alike(values: Rows, vector: Vector, fmt: str) -> Iterator[str]:
    """The wrong neighbours whose values these are, as far as rounding tells."""
    for wrong in vector.wrong:
        if max(map(max, _ratios(values, wrong.values, vector.budget[fmt]))) <= 1:
            yield wrong.what


def _ratios(values: Rows, expected: Rows, budget: Rows) -> list[list[float]]:
    """How many budgets each value is away."""
    rows = zip(values, expected, budget, strict=True)
    return [[_ratio(*each) for each in zip(*row, strict=True)] for row in rows]


def _ratio(value: float, expected: float, budget: float) -> float:
    return abs(value - expected) / budget if isfinite(value) else inf


def _numbers(values: list[list[float | str]], vector: Vector, path: Path) -> list[list[float]]:
    """A number for every element after every step."""
    steps, size = len(vector.expected), len(vector.first)
    known = all(v in NONFINITE for row in values for v in row if isinstance(v, str))
    if len(values) != steps or any(len(row) != size for row in values) or not known:
        raise Unanswerable(f"{path}: the values of {vector.name!r} must be {steps} lists of {size} numbers.")
    return [[float(v) for v in row] for row in values]


NONFINITE = ("NaN", "Infinity", "-Infinity")


def _result(line: str, path: Path) -> Result:
    try:
        return restore(Result, _object(line, path))
    except ValueError as error:
        if isinstance(error, Unanswerable):
            raise
        raise Unanswerable(f"{path}: {first_line(error)}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise Unanswerable(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Unanswerable(f"{path} cannot be read: it is no text in UTF-8.") from error


def _object(line: str, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Unanswerable(f"{path} is no JSON, one object a line: {error}.") from error
    if not isinstance(found, dict):
        raise Unanswerable(f"{path}: {first_line(line)[:60]!r} is no object.")
    return found
