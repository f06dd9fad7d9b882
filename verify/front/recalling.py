"""Answers that stand in a record already: to the same question, about candidates that have not changed since.

An answer depends on the question, the candidate's sources, what lawful itself is, and the releases of Python, of torch
and of the candidate's package. Where one of these is not known, or an answer was not settled, the question is asked
again.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from lawful.verify.candidates.description import Description
from lawful.verify.candidates.sources import digests
from lawful.verify.encoding import encode
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.front.configuration import Known
from lawful.verify.front.planning import Plan, Question, plan
from lawful.verify.front.records import FOLDER
from lawful.verify.front.vain import refuse_vain
from lawful.verify.workers.pool import AnyPool

if TYPE_CHECKING:
    from lawful.properties.settings import Settings
    from lawful.reports.model import Report, Result

ROOT, PARTS = Path(__file__).parents[2], ("verify", "properties", "optimizers", "reports")
DECIDING = ("torch", "numpy", "sympy", "hypothesis")
"""The packages that decide what is run, what is drawn and what it is held against."""
SETTLED = {Verdict.LAWFUL, Verdict.UNLAWFUL, Verdict.NOT_APPLICABLE}


@dataclass(frozen=True)
class Recalled:
    """What a record says of a question that is asked again.

    Attributes:
        report: what it says of the targets that have not changed.
        changed: the others, which have to be asked.
    """

    report: Report
    changed: Sequence[str] = ()


def key(question: Question, settings: Settings, known: Mapping[str, Known]) -> str:
    """All that an answer depends on besides the candidates, as SHA-256. What is known until a day is known for today.

    Raises:
        Unanswerable: a rule is somebody's own, or an argument an object, and what it depends on is not known.
    """
    if named := [text for text in question.objects if not text.startswith("torch.")]:
        raise Unanswerable(
            f"--cached is for arguments that are values: what {named[0]} depends on cannot be told."
        )
    if any(":" in rule for rule in question.rules):
        raise Unanswerable(
            "--cached is for the rules that lawful knows: what another depends on cannot be told."
        )
    today = datetime.now(UTC).date().isoformat() if any(each.until for each in known.values()) else ""
    asked = [asdict(question), {**asdict(settings), "timeout": None}, repr(known), today]
    here = [platform.python_version(), platform.machine(), *map(version, DECIDING), _own()]
    return sha256(encode([*asked, *here])).hexdigest()


def _own() -> str:
    """What lawful is made of, as SHA-256."""
    files = [str(file) for folder in PARTS for file in (ROOT / folder).rglob("*.py")]
    return sha256("".join(digests(files).values()).encode()).hexdigest()


def recalled(asked: str) -> Recalled | None:
    """What the last record in this folder says of the question with this key; None where none does."""
    for record in sorted(FOLDER.glob("record-*.jsonl"), reverse=True):
        if asked in record.read_text(errors="replace"):
            return _from(record)
    return None


def remaining(
    pool: AnyPool,
    question: Question,
    settings: Settings,
    known: Mapping[str, Known],
    asked: str,
    old: Recalled | None,
) -> Plan:
    """The plan of what a record does not answer of the question with this key; without one, of all of it.

    Raises:
        Unanswerable: see `plan`; or, where all is asked, what is known is known of no check.
    """
    planned = plan(pool, replace(question, targets=old.changed) if old else question, settings)
    if not old:
        refuse_vain(known, planned, pool, question, settings)
    return replace(planned, asked=asked)


def _from(record: Path) -> Recalled | None:
    from lawful.reports.model import Report

    try:
        report = Report.read(record)
    except Unanswerable:
        return None
    kept = [target for target in report.targets if _is_as_it_was(target) and _is_settled(target, report)]
    names = {target.target for target in kept}
    when = report.session.time.partition("T")[0]
    results = [_marked(r, when) for r in report.results if r.check.target in names]
    changed = [target.target for target in report.targets if target.target not in names]
    return Recalled(replace(report, targets=kept, results=results), changed) if report.ended else None


def _is_as_it_was(target: Description) -> bool:
    """Whether a target's sources are known, and the same as then."""
    name, _, release = target.distribution.rpartition(" ")
    try:
        same = not name or version(name) == release
    except PackageNotFoundError:
        same = False
    return same and bool(target.sources) and digests(target.sources) == target.sources


def _is_settled(target: Description, report: Report) -> bool:
    """Whether every check of it came to a verdict that nothing but itself decides."""
    seen = [result.evidence.verdict for result in report.results if result.check.target == target.target]
    return bool(seen) and {*seen} <= SETTLED


def _marked(result: Result, when: str) -> Result:
    """A result, said to be an old one."""
    return replace(result, recalled=result.recalled or when)
