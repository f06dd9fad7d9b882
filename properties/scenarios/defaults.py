"""The scenario of a candidate's own defaults."""

from typing import Any

from lawful.properties.scenarios.scenarios import Scenario, shapes_of, tied
from lawful.verify.candidates.candidate import Candidate


def default_scenario(candidate: Candidate, seed: int) -> Scenario:
    """The candidate constructed without arguments: its own defaults, or the rule's where it has none.

    Where its own defaults are another rule (Adam as AMSGrad), or an argument is required, arguments are given.
    """
    own = {o: _own_option(candidate, o) for o in candidate.options}
    options = {
        o: value if value in candidate.choices(o) else candidate.choices(o)[0] for o, value in own.items()
    }
    rule = candidate.rule(options)
    given = {s: candidate.default(s) for s in rule.defaults}
    hyper = {s: rule.defaults[s] if value is None else value for s, value in given.items()}
    required = any(p.default is p.empty for p in candidate.parameters.values())
    return Scenario(
        options,
        tied([hyper], rule),
        10,
        (-3.0, 1.0),
        defaults=not required and own == options,
        seed=seed,
        shapes=shapes_of(rule),
    )


def _own_option(candidate: Candidate, option: str) -> Any:
    """The convention that the constructor's default spells, or the default itself where it spells none."""
    default = candidate.parameters[candidate.options[option]].default
    if option not in candidate.family.spellings:
        return default
    spelled = candidate.spelling(option)
    return next(
        (value for value, argument in spelled.items() if argument == default), candidate.choices(option)[0]
    )
