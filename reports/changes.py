"""What changed between two reports. Runs are deterministic, so any other number is a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from lawful.reports.model import Report
from lawful.reports.words import exact
from lawful.verify.errors import unknown

Account = Mapping[str, Mapping[str, str]]
"""Section → subject → what a report says of it."""

CIRCUMSTANCES = "circumstances"


@dataclass(frozen=True)
class Change:
    """What two reports say of a subject; "" where one says nothing."""

    subject: str
    before: str
    after: str


def account(report: Report) -> Account:
    """What can change of a report."""
    return {
        CIRCUMSTANCES: _circumstances(report),
        "checks": {r.check.key: f"{r.evidence.verdict}, {exact(r.evidence.worst)}" for r in report.results},
        "findings": {
            r.check.key: " ".join(finding.message for finding in r.evidence.findings)
            for r in report.results
            if r.evidence.findings
        },
        "laws": {proof.law: str(proof.verdict) for proof in report.proofs},
    }


def _circumstances(report: Report) -> dict[str, str]:
    session = report.session
    return {
        **session.versions,
        "platform": session.platform,
        "processor": session.cpu,
        "devices": ", ".join(session.devices),
        "profile": session.profile,
        "seed": str(session.seed),
        **{f"distribution of {t.target}": t.distribution for t in report.targets},
        **{f"source of {t.target}": t.source_hash for t in report.targets},
        **{f"rule {rule.rule}": rule.hash for rule in report.rules},
    }


def changes(before: Account, after: Account) -> dict[str, list[Change]]:
    """Section → what changed in it; only sections in which something did."""
    found = {name: _differing(before.get(name, {}), after.get(name, {})) for name in {**before, **after}}
    return {name: changed for name, changed in found.items() if changed}


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    every = [Change(s, before.get(s, ""), after.get(s, "")) for s in {**before, **after}]
    return [change for change in every if change.before != change.after]


def exit_code(changed: Mapping[str, list[Change]]) -> int:
    """0 if all that was seen is the same, under whatever circumstances; 1 if not."""
    return int(bool(changed.keys() - {CIRCUMSTANCES}))


def chosen(report: Report, names: Iterable[str]) -> Report:
    """What the report says of the checks of these names or patterns; all of it where there are none.

    Raises:
        Unanswerable: no check has one of these names.
    """
    keys = [check.key for check in (*(r.check for r in report.results), *report.in_flight)]
    wanted = list(names)
    for name in wanted:
        if not any(_is(key, name) for key in keys):
            raise unknown("check", name, keys)
    return report if not wanted else _only(report, {k for k in keys if any(_is(k, name) for name in wanted)})


def _is(key: str, name: str) -> bool:
    return key == name or fnmatchcase(key, name)


def _only(report: Report, keys: set[str]) -> Report:
    results = [result for result in report.results if result.check.key in keys]
    in_flight = [check for check in report.in_flight if check.key in keys]
    checks = [*(result.check for result in results), *in_flight]
    return replace(
        report,
        results=results,
        in_flight=in_flight,
        proofs=[],
        targets=[t for t in report.targets if t.target in {check.target for check in checks}],
        rules=[rule for rule in report.rules if rule.rule in {check.rule for check in checks}],
    )
