"""The report on a terminal: the verdict first, then the matrix, the findings in full sentences, the notes.

Readable at 80 columns and without colour; nothing that a candidate says is interpreted as markup.
"""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lawful.reports import view
from lawful.reports.model import Report, Result, Summary
from lawful.reports.words import (
    GLYPHS,
    facts,
    laws,
    likewise,
    outcome,
    plain,
    plural,
    ratio,
    remarks,
    repeat,
    sentence,
    sentence_case,
    spread,
    way,
    where,
)
from lawful.verify.evidence import Check, Verdict

STYLES = {
    Verdict.LAWFUL: "green",
    Verdict.UNLAWFUL: "bold red",
    Verdict.CRASHED: "magenta",
    Verdict.TIMED_OUT: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}
ONCE = {Verdict.LAWFUL: "", Verdict.NOT_APPLICABLE: "not applicable: "}
"""What stands before the properties that were asked once."""

SHOWN = 3
"""How many findings of one target, and how many lawful targets' matrices, are printed; the HTML has all."""


def show(report: Report, console: Console) -> None:
    """Prints the report of `lawful check`."""
    for part in sections(report):
        console.print(part, soft_wrap=isinstance(part, Text))  # so that a command can be copied whole


def sections(report: Report) -> Iterator[RenderableType]:
    """The parts of the report; empty ones are left out."""
    if not report.results:
        yield marked(Verdict.INCONCLUSIVE, "No check finished: nothing was tested.")
    for summary in report.summaries:
        yield marked(summary.verdict, sentence(summary))
        yield from (beside(*remark) for remark in remarks(summary).items())
    if report.proofs:
        yield Text(laws(report.proofs))
    for summary in detailed(report):
        yield matrix(summary)
    for summary in report.summaries:
        yield from findings(report, summary)
    yield from listed("Notes", notes(report))
    yield from listed("In flight when the run ended", map(where, report.in_flight))
    if report.path:
        yield Text(f"\nRecord {report.path}\nsealed by SHA-256 {report.hash}", "dim")


def notes(report: Report) -> list[str]:
    """The notes of a few targets; of many, how many there are."""
    found = [f"{plain(note)} ({spread(checks)})" for note, checks in report.notes.items()]
    few = len(report.summaries) <= SHOWN
    return found if few or not found else [f"{plural(len(found), 'note')} in the report."]


def detailed(report: Report) -> list[Summary]:
    """The targets whose matrix is printed: all of a few; of many, those that are not lawful."""
    few = len(report.summaries) <= SHOWN
    return [s for s in report.summaries if few or s.verdict is not Verdict.LAWFUL]


def marked(verdict: Verdict, text: str) -> RenderableType:
    """A sentence behind its verdict's sign; further lines are indented."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(GLYPHS[verdict], STYLES[verdict]), Text(text))
    return grid


def beside(remark: str, checks: list[Check]) -> RenderableType:
    """What is told below the headline, and where it was seen."""
    ways = ", ".join(dict.fromkeys(f"{way(check)} {check.dtype}" for check in checks))
    return Padding(Text(f"△ {remark.removesuffix('.')} ({ways}).", "yellow"), (0, 0, 0, 2))


def matrix(summary: Summary) -> RenderableType:
    """Property and way of running × dtype: verdict and largest deviation in units of the budget."""
    columns = view.dtypes(summary.results)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("")
    table.add_column("")
    for dtype in columns:
        table.add_column(dtype, no_wrap=True)
    rows, named = view.rows(summary.results), ""
    plain_ones = view.plain_rows(rows)
    brief = {name for names in plain_ones.values() for name in names}
    for row in (row for row in rows if row.property not in brief):
        cells = [cell(row.cells.get(dtype)) for dtype in columns]
        name = row.property if row.property != named else ""
        table.add_row(plain(name), row.path if row.device == "cpu" else f"{row.path} {row.device}", *cells)
        named = row.property
    title = Text(f"\n{plain(summary.target)} · {plain(summary.rule)}", "bold")
    others = [marked(verdict, f"{ONCE[verdict]}{', '.join(names)}") for verdict, names in plain_ones.items()]
    return Group(title, *(Padding(part, (0, 0, 0, 2)) for part in (table, *others)))


def cell(result: Result | None) -> Text:
    """`✓ 0.84`; nothing where there was no such check."""
    if result is None:
        return Text()
    evidence = result.evidence
    worst = f" {ratio(evidence.worst)}" if evidence.comparisons else ""
    return Text(GLYPHS[evidence.verdict] + worst, STYLES[evidence.verdict])


def findings(report: Report, summary: Summary) -> Iterator[RenderableType]:
    """The target's findings with their counterexamples, those in the same words once."""
    found = view.groups(summary.results)
    for group in found[:SHOWN]:
        yield Text()
        yield marked(group.verdict, where(group.checks[0]))
        yield Padding(Group(*told(group)), (0, 0, 0, 2))
        yield Text(f"  Check:  {plain(group.checks[0].key)}", "cyan")
        yield Text(f"  Repeat: {repeat(report, group.checks[0])}", "cyan")
    if len(found) > SHOWN:
        rest = plural(len(found) - SHOWN, "more finding")
        yield Text(f"\n  … and {rest} of {plain(summary.target)} in the report.")


def told(group: view.Group) -> Iterator[RenderableType]:
    """What a finding says, its counterexample, and where else it was found."""
    yield Text(sentence_case(plain(group.finding.message)), "bold")
    if known := group.results[0].evidence.known:
        yield Text(f"Known and accepted: {plain(known)}", "yellow")
    if group.finding.details:
        yield Text(plain(group.finding.details))
    if example := group.finding.counterexample:
        yield Text("The smallest inputs that show it:" if example.alone else "The inputs:", "dim")
        yield pairs({**outcome(example), **facts(example)})
    if len(group.results) > 1:
        yield Text(f"Likewise {likewise(group.results[1:])}.", "dim")


def pairs(named: dict[str, str]) -> RenderableType:
    """Name and value, a line each."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, value in named.items():
        grid.add_row(Text(name, "dim"), Text(value, overflow="fold"))
    return grid


def listed(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    """A heading and bullets; nothing if there are none."""
    grid = Table.grid(padding=(0, 1))
    for line in lines:
        grid.add_row("•", Text(line))
    if grid.row_count:
        yield Text(f"\n{title}", "bold")
        yield grid
