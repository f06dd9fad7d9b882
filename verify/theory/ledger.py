"""The ledger of claims: what is commonly said of optimizers, and what the laws decide of it.

`ledger()` finds every claim by scanning the package `lawful.verify.sayings`: a claim is an object in a module there,
its name is the variable's. Adding a claim is adding one object.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from lawful.verify.package import modules
from lawful.verify.theory.law import Law
from lawful.verify.theory.topics import Topic, by_name, find_topic, topics


class Truth(StrEnum):
    """What becomes of a claim."""

    TRUE = "true"
    FALSE = "false"
    QUALIFIED = "needs a qualification"
    EMPIRICAL = "empirical"


@dataclass(frozen=True)
class Saying:
    """A claim that people make about optimizers.

    Attributes:
        claim: it, in a sentence, as it is made.
        truth: what becomes of it.
        because: why, in a sentence.
        laws: the laws that decide it; their proofs are the proof.
        seen: commands that show it on an implementation, where it is about one.
        said: where it is made; empty where it is only heard.

    Raises:
        ValueError: a claim that is not empirical is decided by nothing.
    """

    claim: str
    truth: Truth
    because: str
    _: KW_ONLY
    laws: Sequence[Law] = ()
    seen: Sequence[str] = ()
    said: Sequence[str] = ()

    def __post_init__(self) -> None:
        """A verdict needs what decides it."""
        if self.truth is not Truth.EMPIRICAL and not (self.laws or self.seen):
            raise ValueError(f"nothing decides the claim {self.claim!r}")

    @property
    def names(self) -> list[str]:
        """The names of the laws."""
        return [law.name for law in self.laws]

    @property
    def decided_by(self) -> list[str]:
        """The names of the laws, and the commands."""
        return [*self.names, *self.seen]


@cache
def ledger() -> Mapping[str, Saying]:
    """Every claim there is, by name, theme by theme."""
    found = modules("lawful.verify.sayings")
    return MappingProxyType({n: s for m in found for n, s in vars(m).items() if isinstance(s, Saying)})


def saying_topics() -> Mapping[str, Topic]:
    """The claims by topic."""
    return topics("lawful.verify.sayings", Saying)


def saying_topic(name: str) -> Topic:
    """The claims of one topic (see `find_topic`)."""
    return find_topic("lawful.verify.sayings", Saying, name)


def find_saying(name: str) -> Saying:
    """The claim with this name; `-` and `_` are the same.

    Raises:
        Unanswerable: there is none; the nearest names are given.
    """
    found: Saying = by_name("claim", ledger(), name)
    return found
