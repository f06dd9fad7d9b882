"""Laws: theorems about rules, as data. A law's kind knows which claims it makes; two provers answer those.

`laws()` finds every law by scanning the package `lawful.verify.laws`: a law is an object in a module there,
its name is the variable's. Adding a law is adding one object.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cache
from time import perf_counter
from types import MappingProxyType
from typing import Any, ClassVar, Self

from lawful.verify.errors import unknown
from lawful.verify.evidence import Proof
from lawful.verify.language.rule import Source
from lawful.verify.package import modules
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import SEED, second_check
from lawful.verify.provers.claims import Answer, Claim
from lawful.verify.theory.formula import hypotheses
from lawful.verify.theory.prediction import Prediction


@dataclass(frozen=True)
class Neighbour:
    """A deliberately false variant of a law: in words, and the fields of the law that change."""

    words: str
    changes: Mapping[str, Any]


def false_if(words: str, **changes: Any) -> Neighbour:
    """The false neighbour of a law: `false_if("the sign is turned", equations={…})`."""
    return Neighbour(words, changes)


@dataclass(frozen=True)
class Law(ABC):
    """A theorem.

    Attributes:
        statement: it, in a sentence with its hypotheses.
        source: where it is stated.
        refuses: the false neighbour that the same procedure must refuse.
        predicts: what follows for an implementation that runs.
    """

    kind: ClassVar[str]
    statement: str
    _: KW_ONLY
    source: Source
    refuses: Neighbour
    predicts: Sequence[Prediction] = field(default=())

    @abstractmethod
    def claims(self) -> Iterable[Claim]:
        """What must be established."""

    @abstractmethod
    def formula(self) -> str:
        """The law as LaTeX."""

    @property
    def name(self) -> str:
        """The variable's name in `lawful.verify.laws`."""
        return next((name for name, law in laws().items() if law is self), "unnamed")

    def neighbour(self) -> Self:
        """The law with its false neighbour's changes."""
        return replace(self, **self.refuses.changes)

    def prove(self) -> Proof:
        """Prove it, check it by the second prover, and have both refuse its neighbour."""
        began = perf_counter()
        proof, check = self.answers(prove), self.answers(second_check)
        false = self.neighbour()
        refused = not false.answers(prove).holds and not false.answers(second_check).holds
        return Proof(
            law=self.name,
            kind=self.kind,
            statement=self.statement,
            formula=self.formula(),
            source=str(self.source),
            proved=proof.holds,
            steps=[f"Given: {hypotheses(list(self.claims()))}.", *proof.lines],
            confirmed=check.holds,
            second_check=f"seed {SEED}; " + "; ".join(check.lines),
            refused=refused,
            neighbour=self.refuses.words,
            seconds=perf_counter() - began,
            proved_by=self.methods("proved_by"),
            checked_by=self.methods("checked_by"),
        )

    def methods(self, which: str) -> str:
        """The distinct methods by which its claims are answered."""
        return ", ".join(dict.fromkeys(getattr(claim, which) for claim in self.claims()))

    def answers(self, prover: Callable[[Claim], Answer]) -> Answer:
        """What a prover says of all claims together; a law without claims is not a law."""
        found = [prover(claim) for claim in self.claims()]
        return Answer(bool(found) and all(a.holds for a in found), [line for a in found for line in a.lines])


@cache
def laws() -> Mapping[str, Law]:
    """Every law there is, by name, theme by theme.

    Raises:
        ValueError: two laws have the same name.
    """
    found: dict[str, Law] = {}
    for module in modules("lawful.verify.laws"):
        here = {name: law for name, law in vars(module).items() if isinstance(law, Law)}
        if twice := found.keys() & here.keys():
            raise ValueError(f"laws with the same name in two files: {', '.join(sorted(twice))}.")
        found |= here
    return MappingProxyType(found)


def find_law(name: str) -> Law:
    """The law with this name; `-` and `_` are the same.

    Raises:
        Unanswerable: there is none; the nearest names are given.
    """
    asked = name.strip().lower().replace("-", "_")
    if asked not in laws():
        raise unknown("law", name, laws())
    return laws()[asked]
