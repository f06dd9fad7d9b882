"""What Hypothesis draws, as a list: the same candidate and seed give the same scenarios."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import hypothesis
import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, Verbosity

from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import Draw, plan, scenarios
from lawful.verify.candidates.candidate import Candidate


@dataclass(frozen=True)
class Profile:
    """How much is drawn.

    Attributes:
        examples: scenarios with everything drawn.
        pinned: scenarios for each option and each value of it.
        steps: least and most steps of a scenario.
    """

    examples: int
    pinned: int
    steps: tuple[int, int]


PROFILES = {
    "quick": Profile(2, 1, (6, 10)),
    "default": Profile(5, 1, (8, 20)),
    "thorough": Profile(100, 10, (8, 60)),
}

DRAWN: dict[str, tuple[Candidate, list[Scenario]]] = {}
"""What has been drawn, kept so that all paths and formats share it; with the candidate, so that nothing else gets the
addresses that its text contains.
"""


def asked(candidate: Candidate, profile: Profile, seed: int, low: bool = False) -> Iterator[Scenario]:
    """The scenarios of a candidate's conformance, its own defaults first; `low` formats hold no extreme scales."""
    yield default_scenario(candidate, seed)
    key = repr((candidate, profile, seed, low))
    if key not in DRAWN:
        *pinned, free = plan(candidate, profile.steps, low)
        found = [*drawn(pinned, profile.pinned, seed), *drawn([free], profile.examples, seed)]
        DRAWN[key] = candidate, found
    yield from DRAWN[key][1]


def drawn(sources: Sequence[Draw], count: int, seed: int) -> list[Scenario]:
    """At most this many scenarios of each source, the simplest first.

    All sources are drawn from at once: each call of Hypothesis searches the heap.
    """
    found: list[tuple[Scenario, ...]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(st.tuples(*map(scenarios, sources)))
    def each(of_each: tuple[Scenario, ...]) -> None:
        found.append(of_each)

    each()
    return [scenario for of_one in zip(*found, strict=True) for scenario in of_one]
