"""What a run looked at: implementations, and the rules that they were held against."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """An implementation, as a worker that imported it describes it.

    Attributes:
        target: how the user named it.
        file: the module's file.
        distribution: the installed distribution that the file belongs to, `` where none.
        version: of the distribution.
        sha256: of the module's source.
        signature: of the constructor.
    """

    target: str
    file: str = ""
    distribution: str = ""
    version: str = ""
    sha256: str = ""
    signature: str = ""


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
