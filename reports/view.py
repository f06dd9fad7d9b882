"""Results arranged for the eye: the matrix's rows and columns, findings of one kind as one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lawful.reports.model import Result
from lawful.verify.evidence import Check, Finding, Verdict

DTYPES = ("float64", "float32", "bfloat16", "float16")
"""The order in which dtypes are shown: from the finest to the coarsest; others follow."""


@dataclass(frozen=True)
class Row:
    """One line of a matrix: one property of one way of running, a result per dtype."""

    property: str
    path: str
    device: str
    cells: dict[str, Result]


@dataclass(frozen=True)
class Group:
    """Findings of one kind: the first is shown, the other checks that made one are named."""

    finding: Finding
    results: list[Result]

    @property
    def checks(self) -> list[Check]:
        """The checks that made it."""
        return [result.check for result in self.results]

    @property
    def verdict(self) -> Verdict:
        """The first check's."""
        return self.results[0].evidence.verdict


def dtypes(results: Iterable[Result]) -> list[str]:
    """The dtypes that occur, finest first."""
    seen = dict.fromkeys(result.check.dtype for result in results)
    return sorted(seen, key=lambda dtype: DTYPES.index(dtype) if dtype in DTYPES else len(DTYPES))


def rows(results: Iterable[Result]) -> list[Row]:
    """A row for each property and way of running, in the order in which properties first appear."""
    found: dict[tuple[str, str, str], dict[str, Result]] = {}
    for result in results:
        check = result.check
        found.setdefault((check.property, check.path, check.device), {})[check.dtype] = result
    order = list(dict.fromkeys(prop for prop, _, _ in found))
    return [
        Row(*key, cells) for key, cells in sorted(found.items(), key=lambda item: order.index(item[0][0]))
    ]


def plain_rows(found: Sequence[Row]) -> dict[Verdict, list[str]]:
    """Verdict → the properties, after the first, that were asked once and need no attention: a word says as much as a
    row of them."""
    asked, plain = Counter(row.property for row in found for _ in row.cells), dict[Verdict, list[str]]()
    for row in found:
        verdict = next(iter(row.cells.values())).evidence.verdict
        once = asked[row.property] == 1 and row.property != found[0].property
        if once and verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE):
            plain.setdefault(verdict, []).append(row.property)
    return plain


def kind(finding: Finding) -> str:
    """What findings of one property must share to be shown as one: what they are about, and a counterexample of each,
    or the words."""
    return str(finding.question or "") if finding.counterexample else finding.message


def groups(results: Iterable[Result]) -> list[Group]:
    """The findings of each property and kind, gathered; those first that a verdict rests on, then those with a
    counterexample."""
    found: dict[tuple[str, str], Group] = {}
    for result in results:
        for finding in result.evidence.findings:
            group = found.setdefault((result.check.property, kind(finding)), Group(finding, []))
            group.results.append(result)
    beside = lambda group: (group.results[0].evidence.beside, group.finding.counterexample is None)  # noqa: E731
    return sorted(found.values(), key=beside)
