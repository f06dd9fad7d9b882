"""What is said of an answer while an atlas is made: one line."""

from rich.text import Text

from lawful.reports.atlas.rows import IDENTITY, Row, rows
from lawful.reports.terminal import STYLES
from lawful.reports.words import GLYPHS, plain, plural, seconds
from lawful.verify.atlas.query import Answer, Query
from lawful.verify.evidence import Verdict


def line(query: Query, answer: Answer) -> Text:
    """The verdict, what was asked, and what came out."""
    found = list(rows(query, answer, ""))
    worst = max((row.verdict for row in found), key=lambda each: each.rank, default=Verdict.LAWFUL)
    said = plain(f"{query}, {outcome(found) or plural(len(answer.targets), 'optimizer')}")
    return Text.assemble((GLYPHS[worst], STYLES[worst]), f" {said} ", (seconds(answer.seconds), "dim"))


def outcome(rows: list[Row]) -> str:
    """What rows of one answer come to, however many were asked: releases are compared by it."""
    if len(rows) == 1 and (rows[0].property == IDENTITY or not rows[0].dtype):
        return rows[0].follows or rows[0].said
    wrong = sorted({row.property for row in rows if row.verdict in FAILED})
    return f"fails {', '.join(wrong)}" if wrong else "all hold" if rows else ""


FAILED = (Verdict.UNLAWFUL, Verdict.CRASHED, Verdict.TIMED_OUT)
