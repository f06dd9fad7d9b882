"""A campaign: a question in, a record out, a report made from it.

This process judges; it never imports a candidate, and neither torch nor sympy before there are workers.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from lawful.verify.errors import WorkerError
from lawful.verify.evidence import UNCLAIMED, Check
from lawful.verify.front.configuration import Known
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.front.planning import Plan, Question, describe, patience
from lawful.verify.front.recalling import key, recalled, remaining
from lawful.verify.front.records import tidied
from lawful.verify.front.session import Session
from lawful.verify.workers.cluster import Cluster
from lawful.verify.workers.pool import AnyPool, Here, Pool

T = TypeVar("T")


@dataclass
class Campaign:
    """Plans what is asked, runs it, and records everything as it comes.

    Args:
        settings: profile, seed, time limit, dtypes, devices (`lawful.properties.settings.Settings`).
        record: where the record is written.
        workers: processes; 0 for one per processor.
        ray: the address of a cluster on which the workers are, instead of on this machine.
        in_process: without workers.
        progress: a console on which to show what goes on, or None.
        command: the command line, for the record.
        known: pattern of check keys → why a finding there is accepted, and until when.
        certificates: the file that says what `coqc` accepted; none if empty.
        first: whether nothing more is asked once a check has failed.
        cached: whether what a record says of the same question is taken from there, for targets that have not changed.

    Attributes:
        begun: whether the record at that place is this campaign's.
    """

    settings: Any
    record: Path
    workers: int = 0
    ray: str = field(default="", kw_only=True)
    in_process: bool = False
    progress: Any = None
    command: Sequence[str] = ()
    known: Mapping[str, Known] = field(default_factory=dict)
    certificates: str = ""
    first: bool = False
    cached: bool = False
    begun: bool = field(default=False, init=False)

    def run(self, question: Question) -> Any:
        """Proves the laws, checks the targets; returns the `lawful.reports.model.Report` of the record.

        Raises:
            Unanswerable: an unknown target, rule, law or option; or what is known is known of no check.
        """
        refuse_at_a_glance(question.targets, question.rules, self.settings.only)
        asked = key(question, self.settings, self.known) if self.cached else ""
        old = recalled(asked) if asked else None
        if old and not old.changed:
            return old.report
        with self._pool() as pool:
            planned = remaining(pool, question, self.settings, self.known, asked, old)
            return self._report(pool, planned, old.report if old else None)

    def again(
        self, checks: Sequence[Check], laws: Sequence[str], examples: Sequence[tuple[Check, Any]]
    ) -> tuple[Any, list[str]]:
        """The report of these checks and laws, and what counterexamples, each with its check, give now.

        Raises:
            Unanswerable: a target, rule or law is no longer known.
        """
        with self._pool() as pool:
            described = describe(
                pool, {c.target: "" if c.rule == UNCLAIMED else c.rule for c in checks}, self.settings
            )
            given = [pool.start(_repeated, pool, *example, self._patience) for example in examples]
            report = self._report(pool, Plan(described, checks, laws))
            return report, [answer.result() for answer in given]

    def _report(self, pool: AnyPool, plan: Plan, old: Any = None) -> Any:
        from lawful.reports.model import Report
        from lawful.reports.record import Record

        with Record.open(self.record) as record, self._shown(len(plan.checks)) as live:
            self._begin(record, pool, plan, old)
            self._watch(pool, plan, record, live)
            record.append("end")
            return Report.of(record.events(), str(self.record))

    def keep(self, pool: AnyPool, plan: Plan, results: Iterable[Any], old: Any = None) -> None:
        """Records answers that were given already (`lawful.reports.model.Result`), and those of an older report."""
        from lawful.reports.record import Record

        with Record.open(self.record) as record:
            self._begin(record, pool, plan, old)
            _write(record, results)
            record.append("end")

    def _begin(self, record: Any, pool: AnyPool, plan: Plan, old: Any) -> None:
        """Writes what stands before the answers, and those that are taken over."""
        self.begun = True
        tidied(self.record)
        for event, payloads in self._preamble(pool, plan, old):
            for payload in payloads:
                record.append(event, **{event: payload})
        _write(record, old.results if old else ())

    def _watch(self, pool: AnyPool, plan: Plan, record: Any, live: Any) -> None:
        """Runs the checks; what they see is recorded, and shown, as it comes."""

        def listener(event: str, **payload: Any) -> None:
            record.append(event, **payload)
            if live is not None:
                getattr(live, event)(**payload)

        with Session(pool, self.settings, listener, self.known, lost=plan.lost, first=self.first) as session:
            under_way = session.start(plan.checks)
            importlib.import_module("lawful.reports.terminal")  # while the workers work
            for evidence in under_way.values():
                evidence.result()

    def _preamble(self, pool: AnyPool, plan: Plan, old: Any) -> Iterator[tuple[str, Iterable[Any]]]:
        """What the record says before the checks: event → what was learnt, and what an older one says."""
        from lawful.reports.ruletext import RuleText
        from lawful.reports.session import Session as Circumstances

        here = self.settings.profile, self.settings.seed, list(self.command), self.settings.fail_on
        about = self._ask(pool, "lawful.reports.session:Session.here", *here, gives=Circumstances)
        yield "session", [about.result()]
        yield "asked", [plan.asked] if plan.asked else []
        yield "target", [*(old.targets if old else ()), *plan.described]
        yield "unasked", [dict(plan.unasked)] if plan.unasked else []
        known = old.rules if old else []
        yield "rule", known
        said = {check.rule for check in plan.checks} - {UNCLAIMED, *(each.rule for each in known)}
        rules = [check.rule for check in plan.checks if check.rule in said]
        call = "lawful.verify.front.questions:rule_text"
        texts = [self._ask(pool, call, rule, gives=RuleText) for rule in dict.fromkeys(rules)]
        yield "rule", (text.result() for text in texts)
        proofs = [pool.start(_proof, pool, law, self.certificates, self._patience) for law in plan.laws]
        yield "proof", (proof.result() for proof in proofs)

    def _ask(self, pool: AnyPool, function: str, *arguments: Any, gives: type[T]) -> "Future[T]":
        return pool.ask(function, *arguments, gives=gives, timeout=self._patience)

    @property
    def _patience(self) -> float:
        return patience(self.settings)

    @contextmanager
    def _pool(self) -> Iterator[AnyPool]:
        if self.in_process:
            yield Here()
        else:
            with Cluster(self.ray) if self.ray else Pool(self.workers) as pool:
                yield pool

    @contextmanager
    def _shown(self, total: int) -> Iterator[Any]:
        if self.progress is None:
            yield None
            return
        from lawful.reports.progress import Live

        with Live(self.progress, total) as live:
            yield live


def _write(record: Any, results: Iterable[Any]) -> None:
    for result in results:
        record.append("started", check=result.check)
        record.append("finished", **vars(result))


def _repeated(pool: AnyPool, check: Any, example: Any, timeout: float) -> str:
    try:
        call = "lawful.properties.counterexamples.counterexamples:repeated", check, example
        return pool.call(*call, gives=str, timeout=timeout, about=check.target)
    except WorkerError as error:
        return str(error)


def _proof(pool: AnyPool, law: str, certificates: str, timeout: float) -> Any:
    from lawful.verify.front.questions import unproved
    from lawful.verify.theory.proof import Proof

    try:
        call = "lawful.verify.front.questions:proof"
        return pool.call(call, law, certificates, gives=Proof, timeout=timeout)
    except WorkerError as error:
        return unproved(law, str(error))
