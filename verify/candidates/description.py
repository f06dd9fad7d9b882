"""What a worker says of targets: enough to ask questions about them without importing them, or torch."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Listing:
    """What a word stands for.

    Attributes:
        asked: the targets.
        unasked: the optimizers that are beside them → why they are not among them.
    """

    asked: list[str]
    unasked: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """What is known of a target.

    Attributes:
        target: as the user wrote it.
        name: the class's name.
        module: where it was found.
        signature: its constructor, as text.
        parameters: constructor parameter → default (a JSON value; `...` for none, as text for anything else).
        distribution: `name version` of the package that it belongs to, or "".
        source_hash: SHA-256 of the file that defines it.
        rule: the rule that its name claims, or "".
        paths: the ways in which it can run.
        file: where it is written, from the folder of the run; "" where it is not in that folder.
        line: of its `step` there, or of the class, from 1; 0 where that is not known.
        sources: the files in which its behaviour stands → their SHA-256; none where they are not known.
        framework: the name of its adapter.
    """

    target: str
    name: str
    module: str
    signature: str
    parameters: dict[str, Any]
    distribution: str
    source_hash: str
    rule: str
    paths: list[str]
    file: str = ""
    line: int = 0
    sources: dict[str, str] = field(default_factory=dict)
    framework: str = "torch"
