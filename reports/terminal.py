"""The report on a terminal: the verdict first, then the matrix, the findings in full sentences, the notes.

Readable at 80 columns and without colour; nothing that a candidate says is interpreted as markup.
"""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lawful.reports import findings, view
from lawful.reports.headline import judged, lines, outcome, tally
from lawful.reports.model import Report, Result, Summary
from lawful.reports.telling import facts_of, remedies, seen_on, statement, told
from lawful.reports.words import (
    ACCEPTED,
    BESIDE,
    GLYPHS,
    enumerated,
    laws,
    plain,
    plural,
    ratio,
    repeat,
    sentence_case,
    sign,
)
from lawful.reports.words import (
    where as placed,
)
from lawful.verify.evidence import Severity, Verdict

STYLES = {
    Verdict.LAWFUL: "green",
    Verdict.UNLAWFUL: "bold red",
    Verdict.CRASHED: "magenta",
    Verdict.TIMED_OUT: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}
ONCE = {
    Verdict.LAWFUL: "",
    Verdict.UNLAWFUL: "laws that do not hold: ",
    Verdict.NOT_APPLICABLE: "not applicable: ",
}
"""What stands before the properties that were asked once."""

SHOWN = 3
"""How many findings of one target, and how many lawful targets' matrices, are printed unless all are asked for."""

SCALE = "A number is the largest deviation seen; 1 is the most that rounding explains."


def show(report: Report, console: Console, everything: bool = False, quiet: bool = False) -> None:
    """Prints the report of `lawful check`: the gravest findings, or all findings and notes, or the outcome alone."""
    for part in heads(report) if quiet else sections(report, everything):
        console.print(part, soft_wrap=isinstance(part, Text))  # so that a command can be copied whole


def sections(report: Report, everything: bool = False) -> Iterator[RenderableType]:
    """The parts of the report; empty ones are left out."""
    yield from heads(report)
    yield from listed("Not asked", map(unasked, report.unasked.items()))
    for summary in detailed(report):
        yield matrix(summary)
    if report.results:
        yield Text(f"  {SCALE}", "dim")
    for summary in report.summaries:
        yield from _findings(report, summary, everything)
    yield from notes(report, everything)
    yield from listed("In flight when the run ended", map(placed, report.in_flight))
    if report.path:
        yield Text(f"\n{judged(report)}\nRecord: {report.path}", "dim")


def heads(report: Report) -> Iterator[RenderableType]:
    """The outcome of each target."""
    if not report.results:
        yield marked(Verdict.INCONCLUSIVE, "No check finished: nothing was tested.")
    for summary in report.summaries:
        yield from head(summary)
    if report.proofs:
        yield Text(laws(report.proofs))


def head(summary: Summary) -> Iterator[RenderableType]:
    """The outcome, and a line for each thing that was asked."""
    yield marked(summary.verdict, outcome(summary), "bold")
    for verdict, said in lines(summary):
        yield Padding(marked(verdict, said), (0, 0, 0, 2))
    groups = findings.groups(summary.results)
    for group in (group for group in groups if group.beside and not group.known):
        yield Padding(signed(BESIDE, "yellow", f"{told(group)} ({group.check.property})"), (0, 0, 0, 2))
    for group in (group for group in groups if group.known):
        said = f"{group.check.property}, {seen_on(group)}, is accepted: {plain(group.known)}"
        yield Padding(signed(ACCEPTED, "yellow", said), (0, 0, 0, 2))
    yield Padding(Text(tally(summary), "dim"), (0, 0, 0, 4))


def unasked(one: tuple[str, str]) -> str:
    """`lib:Own: its name is no rule's; say lib:Own --rule RULE, or ask `lawful identify lib:Own`."""
    name, why = map(plain, one)
    return f"{name}: {why}; say {name} --rule RULE, or ask `lawful identify {name}`"


def notes(report: Report, everything: bool) -> Iterator[RenderableType]:
    """The notes, if they are asked for; else how many there are."""
    found = [
        f"{plain(note)} ({enumerated({c.property for c in checks})})" for note, checks in report.notes.items()
    ]
    if everything:
        yield from listed("Notes", found)
    elif found:
        yield Text(f"\n{plural(len(found), 'thing')} noticed beside the findings{_all(report)}", "dim")


def _all(report: Report) -> str:
    """The command that shows all of it, if there is a record."""
    return f": lawful report {report.path} --all" if report.path else "."


def detailed(report: Report) -> list[Summary]:
    """The targets whose matrix is printed: all of a few; of many, those that are not lawful."""
    few = len(report.summaries) <= SHOWN
    return [s for s in report.summaries if few or s.verdict is not Verdict.LAWFUL]


def marked(verdict: Verdict, text: str, style: str = "") -> RenderableType:
    """A sentence behind its verdict's sign; further lines are indented."""
    return signed(GLYPHS[verdict], STYLES[verdict], text, style)


def signed(mark: str, colour: str, text: str, style: str = "") -> RenderableType:
    """A sentence behind a sign."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(mark, colour), Text(text, style))
    return grid


def matrix(summary: Summary) -> RenderableType:
    """Property and way of running × dtype: verdict and largest deviation."""
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
    aside = evidence.known or evidence.beside
    return Text(sign(evidence) + worst, "yellow" if aside else STYLES[evidence.verdict])


def _findings(report: Report, summary: Summary, everything: bool) -> Iterator[RenderableType]:
    """The target's findings with their inputs, those of one cause once."""
    found = findings.groups(summary.results)
    found = found if everything else [group for group in found if group.counts]
    for group in found if everything else found[:SHOWN]:
        yield Text()
        yield signed(
            sign(group.results[0].evidence), STYLES[group.verdict], sentence_case(told(group)), "bold"
        )
        yield Padding(Group(*_body(group)), (0, 0, 0, 2))
        for line in plain(group.finding.script).splitlines():
            yield Text(f"  {line}")
        if group.counts and group.check.severity is not Severity.CORE:
            for line in remedies(group):
                yield Text(f"  {line}")
        yield Text(f"  Repeat: {repeat(report, group.check)}", "cyan")
    if len(found) > SHOWN and not everything:
        rest = plural(len(found) - SHOWN, "more finding")
        yield Text(f"\n  … and {rest} of {plain(summary.target)}{_all(report)}")


def _body(group: findings.Group) -> Iterator[RenderableType]:
    """What was promised, on which inputs it fails, and where else it was found."""
    if group.known:
        yield Text(f"Accepted: {plain(group.known)}", "yellow")
    if said := statement(group):
        yield Text(said, "dim")
    if group.finding.details:
        yield Text(plain(group.finding.details))
    for line in group.also:
        yield Text(f"Also: {plain(line)}")
    if example := group.finding.counterexample:
        yield Text("The smallest inputs that show it:" if example.alone else "The inputs:", "dim")
    yield pairs(facts_of(group))


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
