"""What Hypothesis draws, as a list: the same source and seed give the same scenarios."""

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity

from lawful.properties.scenarios import Draw, Scenario, scenarios


def drawn(source: Draw, count: int, seed: int) -> list[Scenario]:
    """At most this many scenarios, the simplest first."""
    found: list[Scenario] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(scenarios(source))
    def each(scenario: Scenario) -> None:
        found.append(scenario)

    each()
    return found
