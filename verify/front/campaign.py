"""A campaign: targets in, record out. What the command line, pytest and the Python interface share.

This process judges; it never imports a candidate, and neither torch nor sympy before there are workers.
"""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lawful.verify.errors import WorkerError
from lawful.verify.workers.pool import Here, Pool


@dataclass
class Campaign:
    """Describes targets, plans their checks, runs them, and records everything as it comes.

    Args:
        settings: profile, seed, time limit, dtypes, devices (`lawful.properties.checks.Settings`).
        record: where the record is written.
        workers: processes; 0 for one per processor.
        in_process: without workers.
        progress: a console on which to show what goes on, or None.
        command: the command line, for the record.

    Attributes:
        begun: whether the record at that place is this campaign's.
    """

    settings: Any
    record: Path
    workers: int = 0
    in_process: bool = False
    progress: Any = None
    command: Sequence[str] = field(default=())
    begun: bool = field(default=False, init=False)

    def run(
        self,
        targets: Sequence[str],
        rule: str = "",
        arguments: dict[str, Any] | None = None,
        laws: Sequence[str] = (),
    ) -> Any:
        """Proves these laws, checks these targets; returns the `lawful.reports.model.Report` of the record.

        Raises:
            Unanswerable: an unknown target, rule, law or option.
        """
        with self._pool() as pool:
            described = self.described(pool, targets)
            self._write(pool, described, self.planned(pool, described, rule, arguments), laws)
        from lawful.reports.model import Report

        return Report.read(self.record)

    def again(
        self, checks: Sequence[Any], laws: Sequence[str], examples: Sequence[tuple[Any, Any]]
    ) -> tuple[Any, list[str]]:
        """The report of these checks and laws, and what counterexamples, each with its check, give now.

        Raises:
            Unanswerable: a target, rule or law is no longer known.
        """
        with self._pool() as pool:
            described = self.described(pool, list(dict.fromkeys(check.target for check in checks)))
            given = [pool.start(_repeated, pool, *example, self._patience) for example in examples]
            self._write(pool, described, [list(checks)], laws)
            said = [answer.result() for answer in given]
        from lawful.reports.model import Report

        return Report.read(self.record), said

    def described(self, pool: Pool | Here, targets: Sequence[str]) -> list[Any]:
        """The targets' descriptions, each once."""
        from lawful.verify.front.session import describe, targets_of

        self._ask(pool, "lawful.verify.front.questions:available", self.settings.devices).result()
        names = [name for target in targets for name in targets_of(pool, target, self.settings.timeout)]
        return [describe(pool, name, self.settings.timeout) for name in dict.fromkeys(names)]

    def planned(
        self,
        pool: Pool | Here,
        described: Sequence[Any],
        rule: str = "",
        arguments: dict[str, Any] | None = None,
    ) -> list[Any]:
        """Each target's checks."""
        from lawful.verify.front.session import plan

        plans = [pool.start(plan, pool, d, rule, self.settings, arguments) for d in described]
        return [checks.result() for checks in plans]

    def _write(self, pool: Pool | Here, described: list[Any], plans: list[Any], laws: Sequence[str]) -> None:
        from lawful.reports.record import Record
        from lawful.verify.front.session import Session

        checks = [check for plan in plans for check in plan]
        with Record.open(self.record) as record, self._shown(len(checks)) as live:
            self.begun = True
            for event, payloads in self._preamble(pool, described, checks, laws):
                for payload in payloads:
                    record.append(event, **{event: payload})

            def listener(event: str, **payload: Any) -> None:
                record.append(event, **payload)
                if live is not None:
                    getattr(live, event)(**payload)

            with Session(pool, self.settings, listener) as session:
                under_way = session.start(checks)
                importlib.import_module("lawful.reports.terminal")  # while the workers work
                for evidence in under_way.values():
                    evidence.result()
            record.append("end")

    def _preamble(
        self, pool: Pool | Here, described: list[Any], checks: list[Any], laws: Sequence[str]
    ) -> Iterator[tuple[str, Iterable[Any]]]:
        """What the record says before the checks: event → what was learnt."""
        here = self.settings.profile, self.settings.seed, list(self.command)
        yield "session", [self._ask(pool, "lawful.reports.session:Session.here", *here).result()]
        yield "target", described
        texts = [
            self._ask(pool, "lawful.verify.front.questions:rule_text", r)
            for r in dict.fromkeys(c.rule for c in checks)
        ]
        yield "rule", (text.result() for text in texts)
        proofs = [pool.start(_proof, pool, law, self._patience) for law in laws]
        yield "proof", (proof.result() for proof in proofs)

    def _ask(self, pool: Pool | Here, function: str, *arguments: Any) -> Future[Any]:
        return pool.ask(function, *arguments, timeout=self._patience)

    @property
    def _patience(self) -> float:
        """Seconds for questions about nothing but lawful itself."""
        return max(60.0, float(self.settings.timeout))

    @contextmanager
    def _pool(self) -> Iterator[Pool | Here]:
        if self.in_process:
            yield Here()
        else:
            with Pool(self.workers) as pool:
                yield pool

    @contextmanager
    def _shown(self, total: int) -> Iterator[Any]:
        if self.progress is None:
            yield None
            return
        from lawful.reports.progress import Live

        with Live(self.progress, total) as live:
            yield live


def _repeated(pool: Pool | Here, check: Any, example: Any, timeout: float) -> str:
    try:
        call = "lawful.properties.counterexamples.counterexamples:repeated", check, example
        return str(pool.call(*call, timeout=timeout, about=check.target))
    except WorkerError as error:
        return str(error)


def _proof(pool: Pool | Here, law: str, timeout: float) -> Any:
    from lawful.verify.front.questions import unproved

    try:
        return pool.call("lawful.verify.front.questions:proof", law, timeout=timeout)
    except WorkerError as error:
        return unproved(law, str(error))
