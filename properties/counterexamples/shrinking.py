"""Shrinking: from a case to the smallest one on which the candidate leaves the budget just as surely.

Deterministic: simplifications are tried in a fixed order, many at a time as tensors of one optimizer, and what is taken
has been seen to fail alone, beyond the second oracle's value too. Nothing is taken that keeps less than half of the
deviation's orders of magnitude, so that a value that is plainly wrong, or NaN, remains so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from lawful.properties.counterexamples.cases import LONG, Case, Departure
from lawful.properties.counterexamples.rerun import Rerun
from lawful.properties.counterexamples.simpler import (
    Batches,
    narrower,
    plainer_numbers,
    plainer_settings,
    shorter,
    size,
)
from lawful.properties.scenarios.scenarios import Scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule

SIMPLER: tuple[Callable[[Case, Candidate], Batches], ...] = (
    shorter,
    plainer_settings,
    narrower,
    plainer_numbers,
)
OTHERS = ((0, 1, 0), (1, 1, 0), (0, 1, 1))
"""Others before, elements, others after: a case may share a counter, a variable or a norm with another tensor."""
LENGTHS = tuple((0, 2**k, 0) for k in range(1, 8))
"""A lane may not show it in a tensor that is no longer than vectors are wide."""
ALONE = 3
"""How many of the simplest that fail together are tried alone."""


def shrunk(rerun: Rerun, found: Departure) -> Departure | None:
    """The departure of the smallest case that is found; None if it fails in no company that is tried."""
    case = replace(found.case, scenario=by_hand(found.case.scenario))
    shrinker = Shrinker(rerun, sqrt(found.ratio))
    for apart in _apart(case, shrinker.rule(case)):
        if departure := shrinker.alone(apart):
            return shrinker.smallest(departure)
    return None


def _apart(case: Case, rule: Rule) -> Iterator[Case]:
    """What is tried, in this order, to see the failure apart from its scenario; a mean over all takes no other."""
    yield from (case.among(*others) for others in (OTHERS[:1] if rule.scope == "optimizer" else OTHERS))
    if not case.elements or rule.scope == "optimizer":
        return
    if len(case.shape) > 1:
        yield case.shaped((1,) * len(case.shape))
        yield case.shaped(tuple(n if n == max(case.shape) else 1 for n in case.shape))
        yield case
    yield from (case.among(*length) for length in LENGTHS)
    if case.elements > LONG:
        yield case


def by_hand(scenario: Scenario) -> Scenario:
    """The same with what its scheduler would set."""
    if not scenario.scheduler:
        return scenario
    hypers = [scenario.hyper_at(0, k) for k in range(scenario.steps + 1)]
    moves = {k: {s: v for s, v in now.items() if v != hypers[k - 1][s]} for k, now in enumerate(hypers) if k}
    return replace(scenario, moves={k: moved for k, moved in moves.items() if moved}, scheduler="")


@dataclass
class Shrinker:
    """A search for smaller cases.

    Args:
        rerun: of the candidate.
        least: the ratio to the budget that a case must keep.
    """

    rerun: Rerun
    least: float

    def smallest(self, best: Departure) -> Departure:
        """The smallest that is found from this one."""
        before = None
        while best is not before:
            before = best
            for simpler in SIMPLER:
                while found := self._smaller(best, simpler(best.case, self.rerun.candidate)):
                    best = found
        return best

    def _smaller(self, best: Departure, batches: Batches) -> Departure | None:
        """The smallest that fails of the first batch in which one that is smaller than the best does."""
        least = self._size(best.case)
        for batch in batches:
            failing = self._together([case for case in batch if self._size(case) < least])
            for departure in sorted(failing, key=lambda d: self._size(d.case))[:ALONE]:
                if found := self.alone(departure.case):
                    return found
        return None

    def alone(self, case: Case) -> Departure | None:
        """Where a case leaves the budget in no other company, if the second oracle says so too."""
        found = [d.checked(self.rerun.candidate) for d in self.rerun.departures([case])]
        return next((d for d in found if d.confirmed and d.ratio >= self.least), None)

    def _together(self, batch: Sequence[Case]) -> list[Departure]:
        """Those that leave the budget; one by one where a rule looks at every tensor."""
        apart = bool(batch) and self.rule(batch[0]).scope == "optimizer"
        groups = [[case] for case in batch] if apart else [batch] if batch else []
        return [d for group in groups for d in self.rerun.departures(group) if d.ratio >= self.least]

    def _size(self, case: Case) -> tuple[int, ...]:
        return size(case, self.rerun.candidate)

    def rule(self, case: Case) -> Rule:
        """The rule of a case's options."""
        return self.rerun.candidate.rule(case.scenario.options)
