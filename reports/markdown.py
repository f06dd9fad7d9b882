"""The report as a short Markdown page, for the summary of a CI run."""

import re
from collections.abc import Iterator

from lawful.reports.findings import Group, groups
from lawful.reports.headline import concluded, judged, lines
from lawful.reports.model import Report, Summary
from lawful.reports.telling import seen_on, statement, told
from lawful.reports.words import ACCEPTED, GLYPHS, count, laws, plain, ratio, repeat, where

SHOWN = 10
"""How many findings are listed."""


def markdown(report: Report) -> str:
    """Verdict, a row per target, the findings with the commands that repeat them."""
    lines_ = [f"## {GLYPHS[report.verdict]} lawful: {concluded(report.verdict, report.known)}", ""]
    if report.summaries:
        lines_ += ["| | target | rule | checks | comparisons | largest deviation |", "|-|-|-|-:|-:|-:|"]
        lines_ += [_row(summary) for summary in report.summaries]
        lines_ += ["", "A deviation of 1 is the most that rounding explains.", ""]
    for summary in report.summaries:
        lines_ += [
            f"- {GLYPHS[verdict]} {_text(summary.target)}: {_text(said)}" for verdict, said in lines(summary)
        ]
    lines_ += ["", *([laws(report.proofs), ""] if report.proofs else [])] + [
        f"- {GLYPHS[p.verdict]} **{_text(p.law)}**: {_text(p.statement)}" for p in report.proofs
    ]
    lines_ += ["", *_findings(report)]
    lines_ += [f"- in flight when the run ended: {_text(where(check))}" for check in report.in_flight]
    lines_ += ["", _text(judged(report))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines_)).strip() + "\n"


def _row(summary: Summary) -> str:
    cells = [
        f"{GLYPHS[summary.verdict]} {concluded(summary.verdict, summary.known)}",
        _text(summary.target),
        _text(summary.rule),
        count(len(summary.results)),
        count(summary.comparisons),
        ratio(summary.worst) if summary.comparisons else "",
    ]
    return f"| {' | '.join(cells)} |"


def _findings(report: Report) -> Iterator[str]:
    every = [group for summary in report.summaries for group in groups(summary.results)]
    for group in (group for group in every if group.known):
        place = f"{group.check.target}, {group.check.property}, {seen_on(group)}"
        yield f"- {ACCEPTED} {_text(place)} is accepted: {_text(group.known)}"
    found = [group for group in every if group.counts]
    for group in found[:SHOWN]:
        yield from _finding(report, group)
    if len(found) > SHOWN:
        yield f"- … and {count(len(found) - SHOWN)} more"


def _finding(report: Report, group: Group) -> Iterator[str]:
    place = f"{group.check.target}, {group.check.property}, {seen_on(group)}"
    yield f"- **{_text(told(group))}** {_text(place)}  "
    for said in filter(None, [statement(group), *group.also]):
        yield f"  {_text(said)}  "
    yield f"  Repeat: `{repeat(report, group.check).replace('`', '')}`"


def _text(said: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(plain(said).split()))
