"""Laws: theorems about rules, as data. A law's kind knows which claims it makes; two provers answer those.

`laws()` finds every law by scanning the package `lawful.verify.laws`: a law is an object in a module there,
its name is the variable's. Adding a law is adding one object.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from functools import cache, cached_property
from time import perf_counter
from types import MappingProxyType
from typing import Any, ClassVar, Self

from lawful.verify.language.families import rules as families
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule, Source
from lawful.verify.package import modules
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import SEED, second_check
from lawful.verify.provers.claims import Answer, Bounds, Claim, Declared, Run
from lawful.verify.provers.owed import owed
from lawful.verify.provers.runs import told
from lawful.verify.theory.hypotheses import exceptions, given, rules_in
from lawful.verify.theory.meaning import empty, overstated, shadows
from lawful.verify.theory.prediction import Prediction
from lawful.verify.theory.proof import Proof
from lawful.verify.theory.topics import Topic, by_name, find_topic, topics


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

    @cached_property
    def claimed(self) -> list[Claim]:
        """Its claims, made once."""
        return list(self.claims())

    @cached_property
    def about(self) -> list[Rule]:
        """The rules of the field of which it speaks."""
        return [rule for rule in self.rules if normal(rule.name) in families()]

    @cached_property
    def rules(self) -> list[Rule]:
        """Every rule in it, with what was put in; found once."""
        said = (
            getattr(self, f.name) for f in fields(self) if f.name not in ("predicts", "refuses", "source")
        )
        return rules_in([*said, *self.claimed])

    @property
    def role(self) -> str:
        """`law`, or `lemma` if it speaks of no rule of the field."""
        return "law" if self.about else "lemma"

    def with_rule(self, rule: Rule, other: Rule) -> Self:
        """The law with another rule in the place of one."""
        kept = ("predicts", "refuses", "source")
        return replace(self, **{
            f.name: _with(getattr(self, f.name), rule, other) for f in fields(self) if f.name not in kept
        })  # fmt: skip

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
        faults = self.faults()
        proof, check = self.answers(prove), self.answers(second_check)
        signs = [c for claim in self.claimed for c in owed(claim, self.rules)]
        rests = {c.key: _sign(c) for c in signs}.values()
        false = [claim for claim in self.neighbour().claimed if claim not in self.claimed]
        refused = any(not prove(c).holds for c in false) and any(second_check(c).refuted for c in false)
        return Proof(
            law=self.name,
            kind=self.kind,
            statement=self.statement,
            formula=self.formula(),
            source=str(self.source),
            proved=proof.holds and not faults and all(first.holds for first, _ in rests),
            steps=[*faults, *proof.lines, *(first.lines[-1] for first, _ in rests)],
            confirmed=check.holds and not any(second.refuted for _, second in rests),
            second_check=f"seed {SEED}; " + "; ".join(check.lines),
            refused=refused,
            neighbour=self.refuses.words,
            seconds=perf_counter() - began,
            proved_by=self.methods("proved_by"),
            checked_by=self.methods("checked_by"),
            role=self.role,
            rules=[told(rule) for rule in self.rules],
            given=given(self.claimed, self.rules),
            not_where=exceptions(self.claimed),
        )

    def faults(self) -> list[str]:
        """What makes it no theorem at all: names that stand for two things, claims of which none says anything."""
        nothing = [line for claim in self.claimed if (line := empty(claim))]
        return [
            *shadows(self, self.rules),
            *overstated(self),
            *(nothing if len(nothing) == len(self.claimed) else []),
        ]

    def methods(self, which: str) -> str:
        """The distinct methods by which its claims are answered."""
        return ", ".join(dict.fromkeys(getattr(claim, which) for claim in self.claimed))

    def answers(self, prover: Callable[[Claim], Answer]) -> Answer:
        """What a prover says of all claims together; a law without claims is not a law."""
        found = [prover(claim) for claim in self.claimed]
        lines = [line for a in found for line in a.lines]
        return Answer(bool(found) and all(a.holds for a in found), lines, any(a.refuted for a in found))


_SIGNS: dict[Any, tuple[Answer, Answer]] = {}


def _sign(claim: Declared) -> tuple[Answer, Answer]:
    """What both provers say of a declared sign, asked once."""
    if claim.key not in _SIGNS:
        _SIGNS[claim.key] = prove(claim), second_check(claim)
    return _SIGNS[claim.key]


def _with(data: Any, rule: Rule, other: Rule) -> Any:
    """Data with another rule in the place of one."""
    if isinstance(data, Rule):
        return other if data == rule else data
    if isinstance(data, Mapping):
        return {key: _with(value, rule, other) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(_with(item, rule, other) for item in data)
    if isinstance(data, Run | Bounds):
        return replace(data, **{f.name: _with(getattr(data, f.name), rule, other) for f in fields(data)})
    return data


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


def law_topics() -> Mapping[str, Topic]:
    """The laws by topic."""
    return topics("lawful.verify.laws", Law)


def law_topic(name: str) -> Topic:
    """The laws of one topic (see `find_topic`)."""
    return find_topic("lawful.verify.laws", Law, name)


def find_law(name: str) -> Law:
    """The law with this name; `-` and `_` are the same.

    Raises:
        Unanswerable: there is none; the nearest names are given.
    """
    found: Law = by_name("law", laws(), name)
    return found
