"""Schedules found and named: all that stand in modules of `lawful.verify.schedules`, so that adding one is one file."""

import importlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.families import parsed
from lawful.verify.language.names import normal
from lawful.verify.language.schedule import Schedule, Values
from lawful.verify.package import modules


@cache
def schedules() -> Mapping[str, Schedule]:
    """Every schedule there is, by normal name."""
    named = (value for module in modules("lawful.verify.schedules") for value in vars(module).values())
    found = {normal(value.name): value for value in named if isinstance(value, Schedule)}
    return MappingProxyType(dict(sorted(found.items())))


def claimed_schedule(name: str) -> str:
    """The schedule that a class's name claims; "" where it is none's."""
    claims = {normal(claim): each.name for each in schedules().values() for claim in each.claims}
    return claims.get(normal(name), "")


def is_schedule(spec: str) -> bool:
    """Whether a text names a schedule, and not a rule."""
    name = spec.partition("(")[0].strip()
    try:
        return normal(name) in schedules() or (":" in name and isinstance(_imported(name), Schedule))
    except Unanswerable:
        return False  # what cannot be imported is told where it is asked for


def find_schedule(spec: str) -> tuple[Schedule, Values]:
    """The schedule that a text names, and what it fixes: `cosine`, `cosine(after="stays")`, `package.module:NAME`.

    Raises:
        Unanswerable: the text is not of that form, or names no schedule.
    """
    name, inner, said = parsed(spec)
    known = isinstance(_imported(name), Schedule) if ":" in name else is_schedule(name)
    if inner or not known:
        raise unknown("schedule", name, (each.name for each in schedules().values()))
    found: Schedule = _imported(name) if ":" in name else schedules()[normal(name)]
    return found, found.validated(said)


def _imported(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except Exception as error:  # whatever a user's module does wrong, the question cannot be answered
        raise Unanswerable(f"schedule {name!r}: {error}.") from error
