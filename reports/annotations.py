"""Findings where code is reviewed: SARIF, and the annotations of a GitHub workflow."""

from collections.abc import Iterator
from typing import Any

import msgspec

from lawful.reports.findings import Group, groups
from lawful.reports.headline import concluded, judged
from lawful.reports.model import Report
from lawful.reports.telling import in_full, seen_on, told
from lawful.reports.words import plain
from lawful.verify.candidates.places import place_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report) -> bytes:
    """The findings as SARIF 2.1.0; what is accepted is suppressed there, what stands beside is a note."""
    found = list(_found(report))
    rules = {
        g.check.property: {"id": g.check.property, "shortDescription": {"text": _rule(g)}} for g in found
    }
    version = report.session.versions.get("lawful", "0")
    driver = {"name": "lawful", "version": version, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "results": [_result(group, report) for group in found],
        "properties": {"judged": judged(report)},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def github(report: Report) -> bytes:
    """Workflow commands: an annotation for each finding, and one that says how it went."""
    lines = [f"::notice title=lawful::{concluded(report.verdict, report.known)}; {_data(judged(report))}"]
    for group in _found(report):
        kind = "error" if group.counts else "notice" if group.known else "warning"
        file, line = _place(group, report)
        place = f"file={_property(file)},{f'line={line},' if line else ''}" if file else ""
        title = _property(f"lawful: {group.check.target}, {group.check.property} {seen_on(group)}")
        said = f"Accepted: {plain(group.known)}" if group.known else in_full(group.results, report)
        lines.append(f"::{kind} {place}title={title}::{_data(said)}")
    return ("\n".join(lines) + "\n").encode()


def _found(report: Report) -> Iterator[Group]:
    for summary in report.summaries:
        yield from groups(summary.results)


def _rule(group: Group) -> str:
    return plain(group.check.sentence) or group.check.property


def _result(group: Group, report: Report) -> dict[str, Any]:
    said: dict[str, Any] = {
        "ruleId": group.check.property,
        "level": "error" if group.counts else "note",
        "message": {"text": f"{plain(group.check.target)} {seen_on(group)}: {told(group)}"},
        "partialFingerprints": {"check": plain(group.check.key)},
    }
    file, line = _place(group, report)
    if file:
        region = {"region": {"startLine": line}} if line else {}
        said["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": file}, **region}}]
    if group.known:
        said["suppressions"] = [{"kind": "external", "justification": plain(group.known)}]
    return said


def _place(group: Group, report: Report) -> tuple[str, int]:
    """The file that was asked about and the line of its step; "" where it is a module that is somewhere else."""
    for target in report.targets:
        if target.target == group.check.target and target.file:
            return plain(target.file), target.line
    place = place_of(group.check.target)
    return (plain(place) if place.endswith(".py") else ""), 0


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
