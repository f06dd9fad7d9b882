"""The report: what a record says, put together. Every renderer draws this and nothing else."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from lawful.reports.record import Event, read
from lawful.reports.ruletext import RuleText
from lawful.reports.session import Session
from lawful.verify.candidates.description import Description
from lawful.verify.encoding import encode, restore
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Evidence, Figure, Finding, Severity, Verdict, overall
from lawful.verify.theory.proof import Proof

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """A check and what it saw.

    Attributes:
        check: the check.
        evidence: what it saw.
        recalled: the day of the older record that this was taken from; "" if it was asked.
    """

    check: Check
    evidence: Evidence
    recalled: str = ""


ENOUGH = 0.5
"""The share of a target's checks that must apply for it to be called lawful."""


@dataclass(frozen=True)
class Summary:
    """All results of one target against one rule."""

    target: str
    rule: str
    results: list[Result]

    @property
    def kind(self) -> str:
        """What it is: an optimizer, a scheduler."""
        return self.results[0].check.kind

    @property
    def verdict(self) -> Verdict:
        """The worst that is not accepted; inconclusive if nothing applied, or too little to say that all is lawful."""
        worst = overall(result.evidence.counted for result in self.results)
        return Verdict.INCONCLUSIVE if self.thin and worst is Verdict.LAWFUL else worst

    @property
    def judged(self) -> int:
        """How many checks applied."""
        return sum(r.evidence.verdict is not Verdict.NOT_APPLICABLE for r in self.results)

    @property
    def thin(self) -> bool:
        """Whether so few checks applied that no finding says nothing."""
        return self.judged < ENOUGH * len(self.results)

    def of(self, severity: Severity) -> list[Result]:
        """The results of the checks of this severity, those that applied."""
        applied = (r for r in self.results if r.evidence.verdict is not Verdict.NOT_APPLICABLE)
        return [result for result in applied if result.check.severity is severity]

    @property
    def arithmetic(self) -> str:
        """What is narrower than the dtype, in words."""
        return next((r.evidence.arithmetic for r in self.results if r.evidence.arithmetic), "")

    @property
    def off(self) -> list[str]:
        """The arguments without which it was judged, though they are on by default, in words."""
        return list(dict.fromkeys(words for r in self.results for words in r.evidence.off))

    @property
    def known(self) -> int:
        """How many checks failed as the project knows and accepts."""
        return sum(bool(result.evidence.known) for result in self.results)

    @property
    def comparisons(self) -> int:
        """How many values were compared."""
        return sum(result.evidence.comparisons for result in self.results)

    @property
    def no_verdict(self) -> int:
        """How many comparisons had an infinite budget."""
        return sum(result.evidence.no_verdict for result in self.results)

    @property
    def worst(self) -> float:
        """The largest deviation, in units of the budget, of what applied; NaN counts as the largest of all."""
        everything = [result.evidence for result in self.results]
        seen = [e.worst for e in everything if e.verdict is not Verdict.NOT_APPLICABLE]
        return max(seen, key=lambda ratio: math.inf if math.isnan(ratio) else ratio, default=0.0)

    @property
    def seconds(self) -> float:
        """The checks' wall times, added."""
        return sum(result.evidence.seconds for result in self.results)


@dataclass(frozen=True)
class Report:
    """What a record says.

    Attributes:
        session: machine, versions, settings.
        targets: the implementations, as workers that imported them describe them.
        rules: the rules that they were held against.
        proofs: of laws.
        results: of checks, in the order in which they were started.
        unasked: optimizers that were there and were not asked → why.
        in_flight: checks that had begun and never finished.
        ended: whether the run came to its end.
        hash: of the record's last line, which seals it.
        path: of the record, as the user named it.
    """

    session: Session = field(default_factory=Session)
    targets: list[Description] = field(default_factory=list)
    rules: list[RuleText] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    unasked: dict[str, str] = field(default_factory=dict)
    in_flight: list[Check] = field(default_factory=list)
    ended: bool = False
    hash: str = ""
    path: str = ""

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The report of a record on disk.

        Raises:
            Unanswerable: no such record, or its chain is broken.
        """
        return cls.of(read(path), str(path))

    @classmethod
    def of(cls, events: Iterable[Event], path: str = "") -> Self:
        """The report of a record's events.

        Raises:
            Unanswerable: an event lacks what it must say.
        """
        said = list(events)
        started = _all(said, "started", Check, "check")
        results = _as_started(_all(said, "finished", Result), started)
        return cls(
            session=next(iter(_all(said, "session", Session, "session")), Session()),
            targets=_all(said, "target", Description, "target"),
            rules=_all(said, "rule", RuleText, "rule"),
            proofs=_all(said, "proof", Proof, "proof"),
            results=results,
            unasked={
                k: v for each in _all(said, "unasked", dict[str, str], "unasked") for k, v in each.items()
            },
            in_flight=_without(started, [result.check for result in results]),
            ended=any(event.event == "end" for event in said),
            hash=said[-1].hash if said else "",
            path=path,
        )

    @property
    def verdict(self) -> Verdict:
        """The worst of all; inconclusive if nothing applied; at best inconclusive if the run did not end."""
        verdicts = [*(s.verdict for s in self.summaries), *(proof.verdict for proof in self.proofs)]
        return overall(verdicts if self.ended else [*verdicts, Verdict.INCONCLUSIVE])

    @property
    def exit_code(self) -> int:
        """0 lawful but for what is accepted, 1 unlawful, 3 otherwise."""
        return self.verdict.exit_code

    @property
    def known(self) -> int:
        """How many checks failed as the project knows and accepts."""
        return sum(summary.known for summary in self.summaries)

    @property
    def summaries(self) -> list[Summary]:
        """The results by target and rule, in the order in which these first appear."""
        groups: dict[tuple[str, str], list[Result]] = {}
        for result in self.results:
            groups.setdefault((result.check.target, result.check.rule), []).append(result)
        return [Summary(target, rule, results) for (target, rule), results in groups.items()]

    @property
    def findings(self) -> list[tuple[Check, Finding]]:
        """Every finding with its check, in the order of the results."""
        return [(r.check, finding) for r in self.results for finding in r.evidence.findings]

    @property
    def figures(self) -> list[Figure]:
        """Every figure; those of one title are one. The only line of one is named by the target that it is of."""
        found: dict[str, Figure] = {}
        for result in self.results:
            for figure in result.evidence.figures:
                alone = len(figure.series) == 1
                lines = [replace(s, name=result.check.target if alone else s.name) for s in figure.series]
                before = found[figure.title].series if figure.title in found else []
                found[figure.title] = replace(figure, series=[*before, *lines])
        return list(found.values())

    @property
    def notes(self) -> dict[str, list[Check]]:
        """Note → the checks that made it."""
        found: dict[str, list[Check]] = {}
        for result in self.results:
            for note in result.evidence.notes:
                found.setdefault(note, []).append(result.check)
        return found


def _all(events: Iterable[Event], name: str, kind: type[T], key: str = "") -> list[T]:
    """The payloads of all events of one name; `key` names the only thing in them that is looked at."""
    try:
        return [restore(kind, e.payload[key] if key else e.payload) for e in events if e.event == name]
    except (msgspec.ValidationError, KeyError) as error:
        raise Unanswerable(f"an event {name!r} of the record does not say what it must: {error}.") from error


def _as_started(results: list[Result], started: list[Check]) -> list[Result]:
    """The results in the order in which their checks were started, whichever was faster."""
    place = {encode(check): number for number, check in enumerate(started)}
    return sorted(results, key=lambda result: place.get(encode(result.check), len(place)))


def _without(checks: list[Check], finished: list[Check]) -> list[Check]:
    """`checks` less one occurrence for each of `finished`."""
    left = Counter(encode(check) for check in finished)
    open_: list[Check] = []
    for check in checks:
        left[encode(check)] -= 1
        if left[encode(check)] < 0:
            open_.append(check)
    return open_
