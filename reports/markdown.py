"""The report as a short Markdown table, for the summary of a CI run."""

import re

from lawful.reports import view
from lawful.reports.model import Report, Summary
from lawful.reports.words import GLYPHS, count, laws, plain, plural, ratio, repeat, where

SHOWN = 10
"""How many findings are listed."""


def markdown(report: Report) -> str:
    """Verdict, a row per target, the findings with the commands that repeat them."""
    lines = [f"## {GLYPHS[report.verdict]} lawful: {report.verdict}", ""]
    if report.summaries:
        lines += ["| | target | rule | checks | comparisons | largest deviation |", "|-|-|-|-:|-:|-:|"]
        lines += [_row(summary) for summary in report.summaries]
    lines += ["", *([laws(report.proofs), ""] if report.proofs else [])]
    lines += [f"- {GLYPHS[p.verdict]} **{_text(p.law)}**: {_text(p.statement)}" for p in report.proofs]
    lines += ["", *_findings(report)]
    lines += [f"- in flight when the run ended: {_text(where(check))}" for check in report.in_flight]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _row(summary: Summary) -> str:
    cells = [
        f"{GLYPHS[summary.verdict]} {summary.verdict}",
        _text(summary.target),
        _text(summary.rule),
        count(len(summary.results)),
        count(summary.comparisons),
        ratio(summary.worst) if summary.comparisons else "",
    ]
    return f"| {' | '.join(cells)} |"


def _findings(report: Report) -> list[str]:
    groups = [group for summary in report.summaries for group in view.groups(summary.results)]
    lines = []
    for group in groups[:SHOWN]:
        check, others = group.checks[0], len(group.checks) - 1
        likewise = f" (and {plural(others, 'check')} more)" if others else ""
        lines.append(f"- **{_text(where(check))}**{likewise}: {_text(group.finding.message)}  ")
        lines.append(f"  Repeat: `{repeat(report, check).replace('`', '')}`")
    more = len(groups) - SHOWN
    return [*lines, f"- … and {count(more)} more"] if more > 0 else lines


def _text(said: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(plain(said).split()))
