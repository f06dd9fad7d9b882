"""Findings as they are told: by cause, the gravest first, what follows from a cause beneath it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lawful.reports.model import Result
from lawful.verify.evidence import Check, Finding, Severity, Verdict

GRAVE = (Verdict.CRASHED, Verdict.UNLAWFUL, Verdict.TIMED_OUT)
"""What is told first, in this order; the rest after it."""


@dataclass(frozen=True)
class Group:
    """Findings of one cause.

    Attributes:
        finding: the first, which is shown in full.
        results: of the checks that made it.
        also: what else the same property found, in sentences.
        consequences: of checks that failed on the same way to run, because the rule is not followed there.
    """

    finding: Finding
    results: list[Result]
    also: list[str] = field(default_factory=list)
    consequences: list[Result] = field(default_factory=list)

    @property
    def checks(self) -> list[Check]:
        """The checks that made it."""
        return [result.check for result in self.results]

    @property
    def check(self) -> Check:
        """The first of them."""
        return self.results[0].check

    @property
    def verdict(self) -> Verdict:
        """The first check's."""
        return self.results[0].evidence.verdict

    @property
    def known(self) -> str:
        """Why the project accepts it; "" if it does not."""
        return self.results[0].evidence.known

    @property
    def beside(self) -> bool:
        """Whether it is told, and no reason for the verdict."""
        return self.results[0].evidence.beside

    @property
    def counts(self) -> bool:
        """Whether the verdict rests on it."""
        return not (self.known or self.beside)

    @property
    def paths(self) -> list[str]:
        """The ways to run on which it was seen."""
        own = [
            finding.path for result in self.results for finding in result.evidence.findings if finding.path
        ]
        return list(dict.fromkeys([*own, *(check.path for check in self.checks)]))

    @property
    def gravity(self) -> tuple[bool, bool, int, int, bool]:
        """The smaller, the graver."""
        rank = GRAVE.index(self.verdict) if self.verdict in GRAVE else len(GRAVE)
        return bool(self.known), self.beside, rank, self.check.severity.rank, not self.finding.counterexample


def groups(results: Iterable[Result]) -> list[Group]:
    """The findings of one target, gathered by cause."""
    found: dict[object, Group] = {}
    for result in results:
        for finding in result.evidence.findings:
            _add(found, result, finding)
    told = sorted(found.values(), key=lambda group: group.gravity)
    causes = [group for group in told if _departs(group)]
    return [group for group in told if group in causes or not _follows(group, causes)]


def kind(result: Result, finding: Finding) -> tuple[object, ...]:
    """What findings must share to be told as one."""
    evidence = result.evidence
    return (
        result.check.property,
        finding.cause,
        finding.question,
        evidence.known,
        evidence.beside,
        evidence.verdict,
    )


def _add(found: dict[object, Group], result: Result, finding: Finding) -> None:
    group = found.setdefault(kind(result, finding), Group(finding, []))
    if result not in group.results:
        group.results.append(result)
    elif finding != group.finding and finding.message not in group.also:
        group.also.append(finding.message)


def _departs(group: Group) -> bool:
    """Whether it shows that the rule is not followed."""
    return group.counts and group.check.severity is Severity.CORE and group.finding.counterexample is not None


def _follows(group: Group, causes: Sequence[Group]) -> bool:
    """Whether it is what must be where the rule is not followed; it is put beneath the cause then."""
    core = group.counts and group.check.severity is Severity.CORE and not group.finding.counterexample
    cause = next((c for c in causes if core and set(c.paths) & set(group.paths)), None)
    if cause is not None:
        cause.consequences.extend(group.results)
    return cause is not None
