"""Symmetries and resources: laws about every rule of a certain structure, which is found on the rule itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

from sympy import Expr

from lawful.verify.language.families import rules
from lawful.verify.language.rule import Rule
from lawful.verify.provers.algebra.symmetry import Covariance, covariance, put
from lawful.verify.provers.changes import Change
from lawful.verify.provers.claims import Claim, Covariant, Stored
from lawful.verify.theory.formula import tex
from lawful.verify.theory.law import Law
from lawful.verify.theory.proof import Proof


@dataclass(frozen=True)
class Symmetry(Law):
    """A change of the inputs changes the path of every rule of a certain structure in the same way.

    Attributes:
        change: of the inputs.
        of: the rules that are said to have it; all known ones that have, where empty.
    """

    kind: ClassVar[str] = "symmetry"
    change: Change
    _: KW_ONLY
    of: Sequence[Rule] = ()

    def of_one(self, rule: Rule) -> "Symmetry":
        """The law about one rule."""
        return replace(self, of=[rule])

    def how(self, rule: Rule) -> Covariance | str:
        """How a rule has it: at which hyperparameters, and which of them change; or which part of it has not."""
        return covariance(rule, self.change)

    def claims(self) -> Iterable[Claim]:
        """One for each rule."""
        for rule in self.of or known():
            found = self.how(rule)
            if isinstance(found, Covariance):
                yield Covariant(_told(rule, found), found.rule, self.change, found.degrees, found.state)
            elif self.of:
                off = [s for s in self.change.off if s in rule.defaults]
                yield Covariant(f"{rule} has it", put(rule, off), self.change)

    def prove(self) -> Proof:
        """The proof for the rules that have it, and why the others have not, if it is about all."""
        lacking = ((rule, self.how(rule)) for rule in (known() if not self.of else ()))
        lines = [f"{rule} has it not: {why}." for rule, why in lacking if isinstance(why, str)]
        proof = super().prove()
        return replace(proof, steps=[*proof.steps, *lines])

    def formula(self) -> str:
        """Both paths."""
        return self.change.formula()


def _told(rule: Rule, found: Covariance) -> str:
    at = f" at {', '.join(map(str, found.off))} = 0" if found.off else ""
    scaled = ", ".join(f"{s}·c" + ("" if d == 1 else f"^{d}") for s, d in found.degrees.items())
    return f"{rule} has it{at}{f', with {scaled}' if scaled else ''}"


@dataclass(frozen=True)
class Resource(Law):
    """How many numbers rules keep for each parameter of a matrix.

    Attributes:
        numbers: words → (rule, how many), in `lawful.verify.language.tensors.rows` and `cols`.
    """

    kind: ClassVar[str] = "resource"
    numbers: Mapping[str, tuple[Rule, Expr]]

    def claims(self) -> Iterable[Claim]:
        """One for each rule."""
        for name, (rule, count) in self.numbers.items():
            yield Stored(f"{name} keeps {count} numbers per parameter", rule, count)

    def formula(self) -> str:
        """The table."""
        rows = (rf"\text{{{name}}}: {tex(count)}" for name, (_, count) in self.numbers.items())
        return r",\quad ".join(rows)


def known() -> list[Rule]:
    """Every rule that there is, as its bare name means it."""
    return [family() for family in rules().values()]
