"""Clips that are on by default and of which a rule knows nothing: a candidate is judged without one, if it follows its
rule only so, and that is said.

A clip is known by what it does, whatever it is called: where gradients are small the candidate follows its rule with
it, where they are large only without it. What shows in small steps too, such as a decay or an eps of its own, is none.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from lawful.properties.runs.arithmetic import held_near_one
from lawful.properties.runs.judging import format_of
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.runs.watching import Watch
from lawful.properties.scenarios.defaults import default_scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.constructor import off
from lawful.verify.evidence import UNCLAIMED

SMALL, LARGE = (-7.0, -5.0), (0.0, 3.0)
"""Base-10 exponents of gradients that no clip changes, and of such that it is there for."""


def unclipped(candidate: Candidate) -> Candidate:
    """The candidate with its clip off, if that is what it takes to follow its rule; else as it is."""
    if candidate.family.name == UNCLAIMED:
        return candidate
    others = [replace(candidate, arguments={**candidate.arguments, **each}) for each in _reliefs(candidate)]
    if not others or _follows(candidate, LARGE) or not _follows(candidate, SMALL):
        return candidate
    return next((other for other in others if _follows(other, LARGE)), candidate)


def _reliefs(candidate: Candidate) -> Iterator[dict[str, Any]]:
    """One argument of which the rule knows nothing, at each value at which it may be off; switches are no clips."""
    for name in candidate.unexplored:
        default = candidate.constructor.default(name)
        yield from ({name: value} for value in off(default) if not isinstance(default, bool))


def _follows(candidate: Candidate, scale: tuple[float, float]) -> bool:
    """Whether the defaults keep the budget on gradients of this size; not if they are refused."""
    path = candidate.plainest
    used = replace(held_near_one(candidate), moving=True)
    scenario = used.seen(replace(default_scenario(candidate, 0), scale=scale))
    fmt = used.of(format_of(torch.float32, path, "cpu"))
    try:
        watch = Watch(candidate, path, torch.float32, "cpu", scenario, fmt)
        return watch.first(watch.along()) is None
    except (RefusedError, RaisedError):
        return False
