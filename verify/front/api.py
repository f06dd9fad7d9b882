"""The Python interface: `check(MyAdamW, rule="adamw").raise_for_findings()`, and `checks_of` for tests of one's own.

What is asked here runs in this process: for notebooks and unit tests. The command line and `pytest --pyargs
lawful.properties` run checks in worker processes instead, which survive whatever a candidate does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from lawful.verify.candidates.asking import Asked as Target
from lawful.verify.candidates.asking import candidate_of, claim_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import listed
from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.evidence import Check, Evidence, Verdict, overall
from lawful.verify.front.configuration import Known, accepted, configuration, known_deviation
from lawful.verify.front.planning import Question

if TYPE_CHECKING:
    from lawful.properties.settings import Settings
    from lawful.reports.model import Report

One = type | str | Callable[..., Any]
Optimizers = One | Sequence[One] | None
"""A class, a function that makes a scheduler, a target as on the command line, several of them; or None for those of
[tool.lawful] in pyproject.toml."""


class UnlawfulError(AssertionError):
    """An optimizer departs from the rule that it claims."""


@dataclass(frozen=True, repr=False)
class Checked:
    """What all checks of a class saw.

    Attributes:
        results: check → evidence.
        checks: what was asked, in the same order.
        profile: how much was drawn.
        seed: of what.
    """

    results: Mapping[str, Evidence]
    checks: Sequence[Check] = ()
    profile: str = "default"
    seed: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst verdict, where what is known and accepted is lawful; inconclusive if nothing applied."""
        return overall(evidence.counted for evidence in self.results.values())

    def raise_for_findings(self) -> None:
        """Raises `UnlawfulError` that says every finding, or that nothing could be concluded."""
        wrong = {c: e for c, e in self.results.items() if e.counted.exit_code}
        if wrong or self.verdict is not Verdict.LAWFUL:
            said = [f"{check}: {f.sentence}" for check, e in wrong.items() for f in e.findings]
            raise UnlawfulError("\n".join(said) or f"{self.verdict}: nothing was decided")

    @property
    def report(self) -> "Report":
        """What the command line would tell of it."""
        from lawful.reports.model import Report, Result
        from lawful.reports.session import Session

        seen = [Result(check, self.results[check.key]) for check in self.checks]
        session = Session(profile=self.profile, seed=self.seed)
        return Report(session, results=seen, ended=True)

    def __repr__(self) -> str:
        """The report, as a terminal shows it."""
        return self._console().export_text(styles=False).rstrip()

    def _repr_html_(self) -> str:
        """The same in colours, for a notebook."""
        page = '<pre style="font-family:monospace;line-height:1.35">{code}</pre>'
        return self._console().export_html(inline_styles=True, code_format=page)

    def _console(self) -> Console:
        from lawful.reports.terminal import show

        console = Console(record=True, file=StringIO(), width=100, force_terminal=True)
        show(self.report, console)
        return console


@dataclass(frozen=True)
class Asked:
    """A check that can be asked: called, it passes, is skipped, is an expected failure or fails as a test of pytest's.

    Attributes:
        check: what it asks.
    """

    check: Check
    _candidate: Target
    _settings: "Settings"
    _known: Mapping[str, Known]

    def evidence(self) -> Evidence:
        """What it sees, beside what is known and accepted."""
        from lawful.properties.checks import run

        return accepted(run(self._candidate, self.check, self._settings), self.check, self._known)

    def __call__(self) -> None:
        """Asks, and tells pytest."""
        from lawful.verify.front.judging import judge

        judge(self.check, self.evidence())

    def __repr__(self) -> str:
        """The check's name."""
        return self.check.key


def check(optimizers: Optimizers = None, rule: str = "", **options: Any) -> Checked:
    """Checks a class against the rule that it claims, in this process; takes the options of `checks_of`.

    Raises:
        Unanswerable: see `checks_of`.
    """
    asked = checks_of(optimizers, rule, **options)
    drawn = str(options.get("profile", "default")), int(options.get("seed", 0))
    return Checked({one.check.key: one.evidence() for one in asked}, [one.check for one in asked], *drawn)


def checks_of(
    optimizers: Optimizers = None, rule: str = "", *, profile: str = "default", dtypes: Sequence[str] = (),
    devices: Sequence[str] = ("cpu",), properties: Sequence[str] = (), arguments: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None, seed: int = 0, expected_failed: Mapping[str, str] | None = None,
    paths: Sequence[str] = (), fail_on: str = "contract",
) -> list[Asked]:  # fmt: skip
    """The checks of optimizers, to be asked one by one.

    Args:
        optimizers: a class, a target as on the command line, or several; those of [tool.lawful] where there is none.
        rule: the rule with its conventions; what [tool.lawful] or the class's name says where it is left out.
        profile: quick, default or thorough.
        dtypes: of the parameters; all where there are none.
        devices: on which the parameters live.
        properties: ask for these alone, by name or pattern; for all where there are none.
        arguments: constructor arguments to fix.
        names: the rule's word → the constructor's.
        seed: of everything that is drawn.
        expected_failed: property, or pattern of check names → why its finding is accepted. One that does not occur is
            a finding. What [tool.lawful.known] says is accepted too.
        paths: ways to run that are asked alone: loop, foreach, fused …; all where there are none.
        fail_on: core, contract or all: down to which severity a finding makes a class unlawful.

    Raises:
        Unanswerable: an unknown target, rule, convention, argument or option; or an expected failure of no check.
    """
    from lawful.verify.front.options import settings

    table = configuration(Path.cwd())
    asked = list(_named(optimizers, list(table.get("targets", {}))))
    question = Question(
        [name for name, _ in asked],
        rule,
        arguments or {},
        names=names or {},
        configured=table.get("targets", {}),
    )
    chosen = settings(profile, seed, PATIENCE, list(dtypes), list(devices), properties, paths, fail_on)
    known = {**_expected(expected_failed or {}), **table.get("known", {})}
    found = [a for name, target in asked for a in _of(target, name, question, chosen, known)]
    _all_met(expected_failed or {}, [a.check.key for a in found])
    return found


PATIENCE = 60.0
"""The time limit that nobody keeps here."""


def parametrize(optimizers: Optimizers = None, rule: str = "", **options: Any) -> Any:
    """A decorator: the test, which takes `check` and calls it, is run for every check that `checks_of` finds.

    ::

        @lawful.parametrize(MyAdamW, rule="adamw", expected_failed={"complex-parameters": "real weights only"})
        def test_lawful(check):
            check()

    Raises:
        Unanswerable: see `checks_of`.
    """
    import pytest

    return pytest.mark.parametrize("check", checks_of(optimizers, rule, **options), ids=repr)


def _named(optimizers: Optimizers, configured: Sequence[str]) -> Iterator[tuple[str, One]]:
    """Each target as the command line would call it, and the target.

    Raises:
        Unanswerable: there is none.
    """
    several = (
        [optimizers] if isinstance(optimizers, str) or callable(optimizers) else [*(optimizers or configured)]
    )
    if not several:
        raise Unanswerable("no optimizer is given, and [tool.lawful] in pyproject.toml has no targets.")
    for one in several:
        if isinstance(one, str):
            yield from ((target, target) for target in listed(one).asked)
        else:
            yield f"{one.__module__}:{one.__qualname__}", one


def _of(
    target: One, name: str, question: Question, settings: "Settings", known: Mapping[str, Known]
) -> Iterator[Asked]:
    from lawful.properties.checks import plan_for
    from lawful.properties.runs.clips import unclipped

    said = question.of(name)
    candidate = candidate_of(target, said.rule, said.arguments, said.names)
    claim = said.rule or claim_of(candidate)
    if isinstance(candidate, Candidate):
        candidate = unclipped(candidate)
    for one in plan_for(candidate, claim, name, settings, said.arguments):
        yield Asked(one, candidate, settings, known)


def _expected(failures: Mapping[str, str]) -> dict[str, Known]:
    return {_pattern(name): Known(reason) for name, reason in failures.items()}


def _pattern(name: str) -> str:
    """A property's name as a pattern of the names of its checks."""
    return name if " " in name else f"{name} *"


def _all_met(failures: Mapping[str, str], checks: Sequence[str]) -> None:
    for name in failures:
        if not any(known_deviation({_pattern(name): Known("")}, check) for check in checks):
            properties = {check.partition(" ")[0] for check in checks}
            raise unknown("expected failure", name, checks if " " in name else properties)
