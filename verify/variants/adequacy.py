"""How adequate the generated inputs are, as a number: the data that a worker returns and reports draw."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Adequacy:
    """What became of a rule's symbolic mutants.

    Attributes:
        rule: the rule with its conventions.
        mutants: how many rules differ from it by one change.
        killed: how many leave its error budget somewhere on the inputs of a check.
        equal: of those that do not, what is changed in the ones that are the same rule → how that is known.
        survivors: what is changed in the others.
        scenarios: how many scenarios the inputs were.
        seconds: how long it took.
    """

    rule: str
    mutants: int
    killed: int
    equal: dict[str, str]
    survivors: list[str] = field(default_factory=list)
    scenarios: int = 0
    seconds: float = 0.0
