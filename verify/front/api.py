"""The Python interface: `check(MyAdamW, rule="adamw").raise_for_findings()`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Verdict, overall


class UnlawfulError(AssertionError):
    """An optimizer departs from the rule that it claims."""


@dataclass(frozen=True)
class Checked:
    """What all checks of a class saw.

    Attributes:
        results: check → evidence.
    """

    results: Mapping[str, Evidence]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; inconclusive if nothing applied."""
        return overall(evidence.verdict for evidence in self.results.values())

    def raise_for_findings(self) -> None:
        """Raises `UnlawfulError` that says every finding, or that nothing could be concluded."""
        wrong = {c: e for c, e in self.results.items() if e.verdict is not Verdict.LAWFUL}
        said = [f"{check}: {f.message}" for check, e in wrong.items() for f in e.findings]
        if said or self.verdict is not Verdict.LAWFUL:
            raise UnlawfulError("\n".join(said) or f"{self.verdict}: nothing was decided")


def check(
    optimizer: type, rule: str = "", *, profile: str = "quick", dtypes: tuple[str, ...] = ("float64", "float32"),
    devices: tuple[str, ...] = ("cpu",), arguments: Mapping[str, Any] | None = None, seed: int = 0,
) -> Checked:  # fmt: skip
    """Checks a class against the rule that it claims, in this process: for notebooks and unit tests.

    The command line and pytest run checks in worker processes instead, which survive whatever a candidate does.

    Args:
        optimizer: the class.
        rule: the rule with its conventions; the class's name where it is left out.
        profile: quick, default or thorough.
        dtypes: of the parameters.
        devices: on which the parameters live.
        arguments: constructor arguments to fix.
        seed: of everything that is drawn.

    Raises:
        Unanswerable: an unknown rule, convention or argument.
    """
    from lawful.properties.checks import Settings, plan_for, run
    from lawful.properties.runs.clips import unclipped

    candidate = unclipped(Candidate.of(optimizer, rule, arguments))
    settings = Settings(profile, seed, dtypes=dtypes, devices=devices)
    checks: list[Check] = plan_for(
        candidate, rule or candidate.family.name, optimizer.__qualname__, settings, arguments
    )
    return Checked({c.key: run(candidate, c, settings) for c in checks})
