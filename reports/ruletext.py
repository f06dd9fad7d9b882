"""The rules that a run held implementations against, as they are read."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RuleText:
    """A rule as it is read: its algorithm in print (see `lawful.reports.mathematics.rule_text`).

    Attributes:
        rule: name with conventions, as checks name it.
        hash: SHA-256 of the rule's mathematics.
        source: where it is stated.
        conventions: option → value, where not the default.
        defaults: hyperparameter, as LaTeX → documented default.
        algorithm: the lines in the order in which a paper prints them, as LaTeX.
        start: the values before the first step, as LaTeX.
        text: the algorithm in plain Unicode.
    """

    rule: str
    hash: str
    source: str
    conventions: dict[str, Any]
    defaults: dict[str, float]
    algorithm: list[str]
    start: list[str]
    text: str
