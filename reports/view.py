"""Results arranged for the eye: the matrix's rows and columns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lawful.reports.model import Result
from lawful.verify.evidence import Dtype, Severity, Verdict

DTYPES = [str(dtype) for dtype in Dtype]
"""The order in which dtypes are shown: from the finest to the coarsest; others follow."""


@dataclass(frozen=True)
class Row:
    """One line of a matrix: one property of one way of running, a result per dtype."""

    property: str
    path: str
    device: str
    cells: dict[str, Result]


def dtypes(results: Iterable[Result]) -> list[str]:
    """The dtypes that occur, finest first."""
    seen = dict.fromkeys(result.check.dtype for result in results)
    return sorted(seen, key=lambda dtype: DTYPES.index(dtype) if dtype in DTYPES else len(DTYPES))


def rows(results: Iterable[Result]) -> list[Row]:
    """A row for each property and way of running, in the order in which properties first appear."""
    found: dict[tuple[str, str, str], dict[str, Result]] = {}
    for result in results:
        for path in shown_by(result):
            key = result.check.property, path, result.check.device
            found.setdefault(key, {})[result.check.dtype] = result
    order = list(dict.fromkeys(prop for prop, _, _ in found))
    return [
        Row(*key, cells) for key, cells in sorted(found.items(), key=lambda item: order.index(item[0][0]))
    ]


def shown_by(result: Result) -> list[str]:
    """The ways to run in whose rows a result stands: those that show its findings, or its check's."""
    return list(dict.fromkeys(f.path or result.check.path for f in result.evidence.findings)) or [
        result.check.path
    ]


def plain_rows(found: Sequence[Row]) -> dict[Verdict, list[str]]:
    """Verdict → the properties, after the first, that were asked once and need no attention: a word says as much as a
    row of them."""
    asked = Counter(
        name for name, _ in {(row.property, r.check.id) for row in found for r in row.cells.values()}
    )
    plain = dict[Verdict, list[str]]()
    for row in found:
        result = next(iter(row.cells.values()))
        once = asked[row.property] == 1 and row.property != found[0].property
        if once and _brief(result) and row.property not in plain.get(result.evidence.verdict, []):
            plain.setdefault(result.evidence.verdict, []).append(row.property)
    return plain


def _brief(result: Result) -> bool:
    """Whether a word says as much as a row: nothing was found; or a law does not hold, which is told below."""
    core, evidence = result.check.severity is Severity.CORE, result.evidence
    if evidence.findings:
        return core and evidence.verdict is Verdict.UNLAWFUL and not evidence.known
    return evidence.verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)
