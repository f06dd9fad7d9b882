"""`lawful replay` and `lawful compare`: the same questions again, and what changed between two answers."""

import sys
from collections.abc import Sequence
from typing import Any

import typer

from lawful.verify.errors import Unanswerable
from lawful.verify.front.configuration import Known
from lawful.verify.front.console import save, stderr, stdout


def compare(before: str, after: str, json: str) -> int:
    """Prints what changed from one report, record or atlas to another; 0 if nothing that was seen did, else 1."""
    from lawful.reports.changes import exit_code

    changed = _changed(before, after)
    told(changed, json)
    return exit_code(changed)


def _changed(before: str, after: str) -> Any:
    from lawful.reports.atlas.changes import changed
    from lawful.reports.atlas.data import Atlas, is_atlas
    from lawful.reports.changes import account, changes
    from lawful.reports.document import opened

    if is_atlas(before) or is_atlas(after):
        return changed(Atlas.opened(before), Atlas.opened(after))
    return changes(account(opened(before)), account(opened(after)))


def told(changed: Any, json: str) -> None:
    """Prints changes, or writes them as JSON, or both."""
    from lawful.reports.tables import show_changes
    from lawful.verify.encoding import encode

    if json:
        save(json, encode(changed) + b"\n")
    if json != "-":
        show_changes(changed, stdout)


class Replay:
    """The checks of a report, asked again.

    Args:
        report: a report or record.
        names: of the checks, or patterns of them; everything that was asked where there are none.
        timeout: seconds that one check may take.
    """

    def __init__(self, report: str, names: Sequence[str], timeout: float) -> None:
        """Reads the report.

        Raises:
            Unanswerable: it cannot be read, has no check of these names, or none at all.
        """
        from lawful.properties.settings import Settings
        from lawful.reports.changes import chosen
        from lawful.reports.document import opened

        self.before = chosen(opened(report), names)
        self.checks = [*(result.check for result in self.before.results), *self.before.in_flight]
        if not self.checks and not self.before.proofs:
            raise Unanswerable(f"{report!r} has no check to repeat.")
        self.known = {r.check.key: Known(r.evidence.known) for r in self.before.results if r.evidence.known}
        devices = tuple(dict.fromkeys(check.device for check in self.checks)) or ("cpu",)
        session = self.before.session
        self.settings = Settings(
            session.profile, session.seed, timeout, devices=devices, fail_on=session.fail_on
        )

    def shown(self) -> str:
        """What of the report's naming would be imported and run: targets, with rules and arguments."""
        said = {
            f"{c.target}, {c.rule}, {c.arguments}" if c.arguments else f"{c.target}, {c.rule}"
            for c in self.checks
        }
        return "\n".join(f"  {line!r}"[:300] for line in sorted(said))

    def agreed(self, yes: bool) -> None:
        """Asks whether what the report names shall be run, and does nothing if it shall.

        Raises:
            Unanswerable: it shall not, or there is nobody to ask.
        """
        stderr.print(f"This imports and runs:\n{self.shown()}", markup=False, highlight=False, soft_wrap=True)
        if not yes and not sys.stdin.isatty():
            raise Unanswerable("nothing was run, for nobody can be asked here; --yes runs it.")
        if not yes and not typer.confirm("Run it?", err=True):
            raise Unanswerable("nothing was run.")

    def run(self, campaign: Any) -> tuple[Any, Any]:
        """The new report, and what changed; also of what the old counterexamples give, however checks are drawn now."""
        from lawful.reports.changes import account, changes

        examples = self._examples
        laws = [proof.law for proof in self.before.proofs]
        after, given = campaign.again(self.checks, laws, examples)
        old = {check.key: f"gives {example.seen!r}" for check, example in examples}
        new = {check.key: said for (check, _), said in zip(examples, given, strict=True)}
        return after, changes(
            {**account(self.before), "counterexamples": old}, {**account(after), "counterexamples": new}
        )

    @property
    def _examples(self) -> list[Any]:
        """The counterexamples that show their finding without anything else, each with its check."""
        found = [(check, finding.counterexample) for check, finding in self.before.findings]
        return [(check, example) for check, example in found if example is not None and example.alone]
