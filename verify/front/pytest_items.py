"""What pytest collects: an item for every check, and for every law where no target is named."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from lawful.verify.errors import Unanswerable, WorkerError
from lawful.verify.evidence import Check, Evidence
from lawful.verify.front import options
from lawful.verify.front.configuration import configuration
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.front.judging import judge
from lawful.verify.front.planning import Plan, Question
from lawful.verify.front.recalling import Recalled, key, recalled, remaining
from lawful.verify.front.records import FOLDER, own
from lawful.verify.front.session import Session
from lawful.verify.workers.pool import Pool

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lawful.reports.model import Result

DEFAULT_TARGETS = ["bundled", "torch.optim"]


class Checks(pytest.File):
    """All that is asked."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each check; before them, where no target is named, one for each law.

        Raises:
            CollectError: an unknown target, rule or option.
        """
        run = Run(self.config)
        self.config.add_cleanup(run.stop)
        with warnings.catch_warnings():  # pytest's filters are for the tests of others
            warnings.simplefilter("ignore")
            try:
                laws, checks = run.laws, run.plan()
            except (Unanswerable, WorkerError) as error:
                raise self.CollectError(f"lawful: {error}") from error
        for law in laws:
            yield ProofItem.from_parent(self, name=f"proof[{law}]", law=law)
        for check in checks:
            yield CheckItem.from_parent(self, name=f"{check.property}[{check.id}]", check=check, run=run)


class CheckItem(pytest.Item):
    """One check."""

    def __init__(self, *, check: Check, run: Run, **rest: Any) -> None:
        """See `pytest.Item`."""
        super().__init__(**rest)
        self.check, self._run = check, run
        if check.key in run.recalled:
            self.user_properties.append(("lawful-recalled", run.recalled[check.key].recalled))

    def runtest(self) -> None:
        """Waits for what it saw, and judges."""
        judge(self.check, self._run.evidence(self))

    def reportinfo(self) -> tuple[Any, None, str]:
        """Where it stands, and what it is called."""
        return self.path, None, self.check.key


class ProofItem(pytest.Item):
    """The proof of a law."""

    def __init__(self, *, law: str, **rest: Any) -> None:
        """See `pytest.Item`."""
        super().__init__(**rest)
        self.law = law

    def runtest(self) -> None:
        """The law is proved, the second check agrees, and its false neighbour is refused."""
        from lawful.verify.theory.law import find_law

        proof = find_law(self.law).prove()
        if not (proof.proved and proof.confirmed and proof.refused):
            pytest.fail(str(proof), pytrace=False)

    def reportinfo(self) -> tuple[Any, None, str]:
        """Where it stands, and what it is called."""
        return self.path, None, self.name


class Run:
    """What a pytest session asks of lawful, and the workers that answer.

    Checks are handed to the workers when the first of them is run: all that were selected, so that they run in
    parallel; but one at a time in a process of pytest-xdist, which is told of its next test when it has run the last.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Reads the options; nothing starts yet."""
        self._config, self._shared = config, hasattr(config, "workerinput")
        self._futures: dict[str, Future[Evidence]] = {}
        self._plan: Plan | None = None
        self._old: Recalled | None = None

    def plan(self) -> list[Check]:
        """The checks.

        Raises:
            Unanswerable: an unknown target, rule or option; or what is known is known of no check.
        """
        given, said = self._option, self._table.get("targets", {})
        fixed = options.arguments(given("arg"))
        named = options.names(given("name"))
        question = Question(self._targets, given("rule"), fixed, names=named, configured=said)
        refuse_at_a_glance(question.targets, question.rules, given("property"))
        asked = self._key(question)
        self._old = recalled(asked) if asked and not given("fresh") else None
        if self._old is None or self._old.changed:
            self._plan = remaining(self._pool, question, self._settings, self._known, asked, self._old)
        return [*(r.check for r in self.recalled.values()), *(self._plan.checks if self._plan else ())]

    def _key(self, question: Question) -> str:
        """Of the question; none where there are no records, or what an answer depends on cannot be known."""
        try:
            return key(question, self._settings, self._known) if FOLDER.is_dir() else ""
        except Unanswerable:
            return ""

    @cached_property
    def recalled(self) -> dict[str, Result]:
        """What is taken from a record: a check's key → its result."""
        return {result.check.key: result for result in self._old.report.results} if self._old else {}

    @property
    def laws(self) -> list[str]:
        """The names of the laws that are proved: all, or none where targets or properties are chosen."""
        from lawful.verify.theory.law import laws

        own = self._targets != DEFAULT_TARGETS
        return [] if own or self._option("property") else list(laws())

    def evidence(self, item: CheckItem) -> Evidence:
        """What a check saw, when it has seen it."""
        if item.check.key in self.recalled:
            return self.recalled[item.check.key].evidence
        if item.check.key not in self._futures:
            selected = [item] if self._shared else item.session.items
            checks = [i.check for i in selected if isinstance(i, CheckItem)]
            known = self._futures.keys() | self.recalled.keys()
            self._futures |= self._session.start([c for c in checks if c.key not in known])
        return self._futures[item.check.key].result()

    def stop(self) -> None:
        """Ends the workers, if there are any; where there are records, what they answered is one more, if it is all."""
        if "_pool" in vars(self):
            self._keep()
            self._pool.stop()
        if "_session" in vars(self):
            self._session.close()

    def _keep(self) -> None:
        from lawful.reports.model import Result
        from lawful.verify.front.campaign import Campaign

        if self._plan is None or not self._plan.asked or self._shared:
            return
        done = {key: f for key, f in self._futures.items() if f.done() and not f.exception()}
        if {check.key for check in self._plan.checks} == done.keys():
            answers = [Result(check, done[check.key].result()) for check in self._plan.checks]
            campaign = Campaign(self._settings, own("record"), command=["pytest"], known=self._known)
            campaign.keep(self._pool, self._plan, answers, self._old.report if self._old else None)

    def _option(self, name: str) -> Any:
        return self._config.getoption(f"--lawful-{name}")

    @property
    def _targets(self) -> list[str]:
        return self._option("optimizer") or list(self._table.get("targets", {})) or DEFAULT_TARGETS

    @cached_property
    def _settings(self) -> Any:
        given = self._option
        numbers = given("profile"), given("seed"), given("timeout")
        where = given("dtype"), given("device") or ["cpu"], given("property"), given("path")
        return options.settings(*numbers, *where, given("fail-on"))

    @cached_property
    def _table(self) -> dict[str, Any]:
        return configuration(self._config.rootpath)

    @property
    def _known(self) -> Any:
        return self._table.get("known", {})

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self._option("workers") or int(self._shared))

    @cached_property
    def _session(self) -> Session:
        return Session(
            self._pool, self._settings, known=self._known, lost=self._plan.lost if self._plan else ()
        )
