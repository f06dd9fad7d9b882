"""What `[tool.lawful.known]` says of checks that do not exist is said in vain: a slip, or the check is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lawful.verify.errors import Unanswerable, nearest
from lawful.verify.front.configuration import Known, matches
from lawful.verify.front.planning import Plan, Question, checks_of
from lawful.verify.workers.pool import AnyPool

if TYPE_CHECKING:
    from lawful.properties.settings import Settings
    from lawful.verify.evidence import Check


def refuse_vain(
    known: Mapping[str, Known], planned: Plan, pool: AnyPool, question: Question, settings: Settings
) -> None:
    """Looks for the check that each pattern means: among those that are asked; else among all that could be asked of
    these targets.

    Where all targets of the project are asked, each pattern must mean one; else those that say rule and name of a
    target that is asked. With constructor arguments that the user fixes, there may be fewer ways to run, and nothing
    is said.

    Raises:
        Unanswerable: a pattern means none.
    """
    left = _left(known, planned.checks)
    if not left or question.arguments:
        return
    every = checks_of(pool, planned.described, question, _everything(settings))
    whole = not question.rule and bool(question.configured) and {*question.configured} <= {*question.targets}
    subjects = tuple({f"{check.subject}-" for check in every})
    for pattern in _left(left, every):
        if whole or pattern.partition(" ")[2].startswith(subjects):
            raise Unanswerable(f"the known deviation {pattern!r} matches no check: {_hint(pattern, every)}")


def _left(patterns: Mapping[str, Known], checks: Sequence[Check]) -> dict[str, Known]:
    return {p: known for p, known in patterns.items() if not any(matches(p, check.key) for check in checks)}


def _everything(settings: Settings) -> Settings:
    """In every profile, way, format and place."""
    return type(settings)(profile="thorough", devices=tuple({*settings.devices, "cpu", "cuda"}))


def _hint(pattern: str, checks: Sequence[Check]) -> str:
    keys = [check.key for check in checks]
    alike = [key for key in keys if key.partition(" ")[0] == pattern.partition(" ")[0]]
    return nearest(pattern, alike or keys) or "--json - prints the names of all that are asked."
