"""Where no rule is claimed: a rule that says nothing but which hyperparameters the constructor has."""

from sympy import Symbol

from lawful.verify.candidates.constructor import Constructor
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import DOMAINS, TUPLES, lr_0, x

UNCLAIMED = "no rule"
"""What stands for the rule in a check of a candidate that claims none."""


def unclaimed(constructor: Constructor) -> Family:
    """The family of a rule without mathematics, whose hyperparameters are those that the constructor has."""

    def build() -> Rule:
        return Rule(UNCLAIMED, x, {}, _hyperparameters(constructor), Source("nobody"))

    build.__name__ = UNCLAIMED
    return Family(build)


def _hyperparameters(constructor: Constructor) -> dict[Symbol, float]:
    held = {s: name for name, members in TUPLES.items() for s in members}
    there = [s for s in DOMAINS if constructor.number(s.name) or held.get(s) in constructor.parameters]
    return {s: DOMAINS[s].values[0] for s in there if s != lr_0}
