"""What Hypothesis draws, as a list: the same candidate and seed give the same scenarios."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import hypothesis
import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.internal.conjecture.providers import HypothesisProvider

from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import Draw, plan, scenarios, schedulers
from lawful.verify.candidates.candidate import Candidate


@dataclass(frozen=True)
class Profile:
    """How much is drawn.

    Attributes:
        examples: scenarios with everything drawn.
        pinned: scenarios for each option and each value of it.
        steps: least and most steps of a scenario.
        far: whether long runs and large tensors are among them.
    """

    examples: int
    pinned: int
    steps: tuple[int, int]
    far: bool = True


PROFILES = {
    "quick": Profile(2, 1, (6, 10), far=False),
    "default": Profile(4, 1, (7, 12)),
    "thorough": Profile(100, 10, (8, 60)),
}

DTYPES = ("float64", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class Place:
    """Which of a candidate's checks is asked, so that what need not be asked in each of them is asked in one.

    Attributes:
        number: from 0, of all paths in all formats.
        of: how many there are.
        long: whether long runs are.
        common: whether it is in the format in which most is run.
    """

    number: int = 0
    of: int = 1
    long: bool = True
    common: bool = True

    @classmethod
    def among(cls, candidate: Candidate, path: str, dtype: str) -> "Place":
        """That of a path and a dtype."""
        paths = list(candidate.paths)
        number, common = paths.index(path) * len(DTYPES) + DTYPES.index(dtype), dtype == "float32"
        long = common or (dtype == "float64" and path == paths[0])
        return cls(number, len(paths) * len(DTYPES), long, common)

    def asks(self, scenario: Scenario) -> bool:
        """Whether a scenario is asked here: long runs in the common format and, on the first path, in float64 (what is
        switched late shows in any of them); a learning rate that is a tensor in the common format.
        """
        return (self.common or not scenario.tensor_rate) and (self.long or not scenario.judged)


DRAWN: dict[str, tuple[Candidate, list[Scenario], list[str]]] = {}
"""What has been drawn, and the schedulers that the candidate takes, kept so that all paths and formats share it; with
the candidate, so that nothing else gets the addresses that its text contains.
"""


def asked(
    candidate: Candidate, profile: Profile, seed: int, low: bool = False, place: Place = Place()
) -> Iterator[Scenario]:
    """The scenarios of a candidate's conformance, its own defaults first; `low` formats hold no extreme scales.

    All of torch's schedulers are shared out among the candidate's checks: what they do depends on no path or format.
    """
    yield default_scenario(candidate, seed)
    key = repr((candidate, profile, seed, low))
    if key not in DRAWN:
        *pinned, free = plan(candidate, profile.steps, low, profile.far)
        found = [*drawn(pinned, profile.pinned, seed), *drawn([free], profile.examples, seed)]
        DRAWN[key] = candidate, found, schedulers(candidate, free.keys)
    _, found, known = DRAWN[key]
    first = next((scenario for scenario in found if scenario.scheduler), None)
    for scenario in found:
        if scenario is first:
            yield from (replace(scenario, scheduler=name) for name in known[place.number :: place.of])
        elif place.asks(scenario):
            yield scenario if place.common else narrowed(scenario)


def narrowed(scenario: Scenario) -> Scenario:
    """The same without the longest vector."""
    shapes = replace(scenario.shapes, sizes=scenario.shapes.sizes[:-1])
    return replace(scenario, shapes=shapes) if scenario.shapes.sizes else scenario


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

    with _nothing_kept(), _by_the_seed_alone():
        each()
    return [scenario for of_one in zip(*found, strict=True) for scenario in of_one]


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Hypothesis leaves `.hypothesis/` in the folder that it runs in; from here it has nowhere to."""
    home = storage_directory(intent_to_write=False).path
    set_hypothesis_home_dir(os.devnull)
    try:
        yield
    finally:
        set_hypothesis_home_dir(home)


def _by_the_seed_alone() -> AbstractContextManager[Any]:
    """Hypothesis also draws constants that it reads in the sources of the modules that happen to be loaded, which takes
    seconds and makes what is drawn depend on what ran before."""
    return mock.patch.object(HypothesisProvider, CONSTANT, lambda *_, **__: None, create=True)


CONSTANT = "_maybe_draw_constant"
"""Of Hypothesis since 6.131; None from it is no constant."""
