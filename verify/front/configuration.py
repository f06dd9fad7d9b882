"""`[tool.lawful]` in a pyproject.toml: what a project says of its own optimizers."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.evidence import Check, Evidence, Finding, Verdict

KEYS = ("targets", "known")


@dataclass(frozen=True)
class Known:
    """A deviation that a project accepts.

    Attributes:
        reason: why.
        until: the last day on which it does; None for no end.
        versions: of which package it is known: `torch<2.14`; "" for whatever is installed.
    """

    reason: str
    until: date | None = None
    versions: str = ""


@dataclass(frozen=True)
class Said:
    """What is said of a target besides its name.

    Attributes:
        rule: the rule that it claims, if its name does not say.
        arguments: constructor arguments to fix.
        names: the rule's word → the constructor's.
    """

    rule: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def over(self, other: "Said") -> "Said":
        """Both; this one goes before the other."""
        return Said(
            self.rule or other.rule, {**other.arguments, **self.arguments}, {**other.names, **self.names}
        )


def configuration(folder: Path) -> dict[str, Any]:
    """The table of the nearest pyproject.toml at or above a folder; empty where there is none.

    Raises:
        Unanswerable: the file is not TOML, or the table has an unknown key.
    """
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            return _table(path)
    return {}


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text()).get("tool", {}).get("lawful", {})
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise Unanswerable(f"{path} cannot be read: {error}.") from error
    for key in table:
        if key not in KEYS:
            raise unknown(f"key of [tool.lawful] in {path}", key, KEYS)
    said = {pattern: _known(value, pattern, path) for pattern, value in table.get("known", {}).items()}
    known = {pattern: one for pattern, one in said.items() if _is_here(one.versions, pattern, path)}
    targets = dict(_target(value, path) for value in table.get("targets", []))
    return {"targets": targets, "known": known}


TARGET = {"target": str, "rule": str, "arguments": dict, "names": dict}
"""What a target's table may hold."""


def _target(value: Any, path: Path) -> tuple[str, Said]:
    """`"target"` or `{target = "target", rule = "sgd", names = {weight_decay = "decay"}, arguments = {…}}`."""
    said = value if isinstance(value, dict) else {"target": value}
    for key in said:
        if key not in TARGET:
            raise unknown(f"key of a target of [tool.lawful] in {path}", key, TARGET)
    wrong = any(not isinstance(held, TARGET[key]) for key, held in said.items())
    words = said.get("names", {}) if not wrong else {}
    if wrong or "target" not in said or not all(isinstance(word, str) for word in words.values()):
        raise Unanswerable(
            f'target {value!r} in {path} must be "package.module:Class" or {{target = "package.module:Class", '
            'rule = "sgd", names = {weight_decay = "decay"}, arguments = {nesterov = true}}.'
        )
    return said["target"], Said(said.get("rule", ""), said.get("arguments", {}), words)


def _known(value: Any, pattern: str, path: Path) -> Known:
    """`"reason"` or `{reason = "reason", until = 2027-03-01, versions = "torch<2.14"}`."""
    said = value if isinstance(value, dict) else {"reason": value}
    reason, until, versions = said.get("reason"), said.get("until"), said.get("versions", "")
    dated = (until is None or type(until) is date) and isinstance(versions, str)
    if not (isinstance(reason, str) and reason and dated and said.keys() <= {"reason", "until", "versions"}):
        raise Unanswerable(
            f'known deviation {pattern!r} in {path} is {value!r}; it must be "why" or '
            '{reason = "why", until = 2027-03-01, versions = "torch<2.14"}.'
        )
    return Known(reason, until, versions)


def _is_here(versions: str, pattern: str, path: Path) -> bool:
    """Whether what is installed is among these versions.

    Raises:
        Unanswerable: they are none.
    """
    if not versions:
        return True
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        required = Requirement(versions)
        return required.specifier.contains(version(required.name), prereleases=True)
    except InvalidRequirement as error:
        raise Unanswerable(
            f'versions {versions!r} of the known deviation {pattern!r} in {path} must be as in "torch<2.14" or '
            '"torch>=2.9,<2.14".'
        ) from error
    except PackageNotFoundError:
        return False


def known_deviation(known: Mapping[str, Known], check: str) -> tuple[str, Known] | None:
    """The first pattern that matches a check's key, with what it says."""
    return next(((p, k) for p, k in known.items() if matches(p, check)), None)


def matches(pattern: str, check: str) -> bool:
    """Whether a pattern means a check, by its key; the key itself does, whatever stands in it."""
    return check == pattern or fnmatchcase(check, pattern)


def accepted(
    evidence: Evidence, check: Check, known: Mapping[str, Known], today: date | None = None
) -> Evidence:
    """The evidence beside what the project says of its check.

    A finding that is known counts for nothing. What is known no longer, or does not occur, is a finding itself: nobody
    can tell any more what the project thinks of its optimizer. With constructor arguments that the user fixes, it need
    not occur.
    """
    if (entry := known_deviation(known, check.key)) is None:
        return evidence
    pattern, deviation = entry
    expired = deviation.until is not None and (today or datetime.now(UTC).date()) > deviation.until
    if evidence.findings and not expired:
        return replace(evidence, known=deviation.reason)
    if evidence.findings:
        said = f"This was known and accepted until {deviation.until}: {deviation.reason}"
        return replace(evidence, findings=[*evidence.findings, Finding(said)])
    if evidence.verdict is Verdict.LAWFUL and not check.arguments:
        said = f"The known deviation {pattern!r} does not occur: {deviation.reason}"
        return replace(evidence, verdict=Verdict.INCONCLUSIVE, findings=[Finding(said)])
    return evidence
