"""The scenario of a candidate's own defaults."""

from lawful.properties.scenarios.scenarios import Scenario, usual
from lawful.properties.scenarios.strategies import tied
from lawful.verify.candidates.candidate import Candidate


def default_scenario(candidate: Candidate, seed: int) -> Scenario:
    """The candidate constructed without arguments: its own defaults, or the rule's where it has none.

    Where its own defaults are another rule (Adam as AMSGrad), or an argument is required, arguments are given.
    """
    own, plain = candidate.options.own, candidate.options.plain
    options = {o: v if v in candidate.options.choices(o) else plain[o] for o, v in own.items()}
    rule = candidate.rule(options)
    return Scenario(
        options,
        tied([candidate.defaults(rule)], rule, candidate),
        10,
        (-3.0, 1.0),
        defaults=not candidate.constructor.required and own == options,
        seed=seed,
        shapes=usual(rule),
    )
