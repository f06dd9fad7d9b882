"""A campaign: targets in, record out. What the command line, pytest and the Python interface share.

This process judges; it never imports a candidate, and neither torch nor sympy before the workers have been started.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lawful.verify.pool import Here, Pool


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
    """

    settings: Any
    record: Path
    workers: int = 0
    in_process: bool = False
    progress: Any = None
    command: Sequence[str] = field(default=())

    def run(
        self, targets: Sequence[str], rule: str = "", arguments: dict[str, Any] | None = None, laws: Sequence[str] = ()
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

    def described(self, pool: Pool | Here, targets: Sequence[str]) -> list[Any]:
        """The targets' descriptions."""
        from lawful.properties.session import describe, targets_of

        return [describe(pool, name) for target in targets for name in targets_of(pool, target)]

    def planned(
        self, pool: Pool | Here, described: Sequence[Any], rule: str = "", arguments: dict[str, Any] | None = None
    ) -> list[Any]:
        """Each target's checks."""
        plans = [self._ask(pool, "lawful.properties.checks:plan", d, rule, self.settings, arguments) for d in described]
        return [plan.answer() for plan in plans]

    def _write(self, pool: Pool | Here, described: list[Any], plans: list[Any], laws: Sequence[str]) -> None:
        from lawful.properties.session import Session
        from lawful.reports.record import Record

        checks = [check for plan in plans for check in plan]
        with Record.open(self.record) as record, self._shown(len(checks)) as live:
            here = self._ask(pool, "lawful.reports.session:Session.here", self.settings.profile, self.settings.seed, list(self.command))
            record.append("session", session=here.answer())
            for description in described:
                record.append("target", target=description)
            for name in dict.fromkeys(check.rule for check in checks):
                record.append("rule", rule=self._ask(pool, "lawful.verify.questions:rule_text", name).answer())
            proofs = [self._ask(pool, "lawful.verify.questions:proof", name) for name in laws]
            for proof in proofs:
                record.append("proof", proof=proof.answer())

            def listener(event: str, **payload: Any) -> None:
                record.append(event, **payload)
                if live is not None:
                    getattr(live, event)(**payload)

            for _ in Session(pool, self.settings, listener).run(checks):
                pass
            record.append("end")

    def _ask(self, pool: Pool | Here, function: str, *arguments: Any) -> Any:
        return pool.ask(function, *arguments, timeout=max(60.0, self.settings.timeout))

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

