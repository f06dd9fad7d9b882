"""What an atlas asks, and what it is told: data that goes to a process or a node, and comes back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from lawful.verify.encoding import encode
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.variants.identity import Identity

CLASSES = "classes"
"""What every target of a plan is asked first: which optimizers there are."""


class Ask(StrEnum):
    """What can be asked of an optimizer."""

    IDENTIFY = "identify"
    """Which rule it follows."""
    CHECK = "check"
    """Everything, against the rule that is said or that its name claims."""
    CONTRACT = "contract"
    """The contract, as far as it needs no rule."""


@dataclass(frozen=True)
class Release:
    """A version of a package, and what is installed for it.

    Attributes:
        package: the distribution's name.
        version: of it.
        requirements: pinned, its own first.
        variables: of the process that asks it, and their values.
    """

    package: str
    version: str
    requirements: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`package version`."""
        return f"{self.package} {self.version}"


@dataclass(frozen=True)
class Query:
    """One question of an atlas.

    Attributes:
        release: of which.
        target: a class, or a module.
        ask: what: `CLASSES`, or one of `Ask`.
        rule: that it claims, if its name does not say.
        arguments: of the constructor, fixed.
        names: the rule's word → the constructor's.
        profile, dtypes, seed: what is drawn (`lawful.properties.settings.Settings`).
        timeout: seconds that one check may take.
        then: where it asks for classes, what each of these is asked next.
    """

    release: Release
    target: str
    ask: str
    rule: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    profile: str = "quick"
    dtypes: tuple[str, ...] = ()
    seed: int = 0
    timeout: float = 60.0
    then: tuple[Ask, ...] = ()

    @cached_property
    def key(self) -> str:
        """What tells it from every other, whatever is asked next, in 16 hexadecimal digits."""
        return sha256(encode(replace(self, then=()))).hexdigest()[:16]

    def of(self, targets: Iterable[str]) -> "list[Query]":
        """What is asked next, of these classes."""
        return [replace(self, target=each, ask=ask, then=()) for each in targets for ask in self.then]

    def __str__(self) -> str:
        """`package version, target: ask`."""
        return f"{self.release}, {self.target}: {self.ask}"


@dataclass(frozen=True)
class Failure:
    """Why there is no answer.

    Attributes:
        stage: what did not go: to `install`, to `import`, or what was asked.
        verdict: inconclusive, crashed or timed out.
        said: why, in one line.
    """

    stage: str
    verdict: Verdict
    said: str


@dataclass(frozen=True)
class Answer:
    """What a query was told.

    Attributes:
        targets: the classes, if they were asked for.
        identity: what the class follows, if that was asked.
        results: the checks, each with what it saw, if it was checked.
        failure: why there is nothing of this.
        seconds: how long it took.
    """

    targets: list[str] = field(default_factory=list)
    identity: Identity | None = None
    results: list[tuple[Check, Evidence]] = field(default_factory=list)
    failure: Failure | None = None
    seconds: float = 0.0
