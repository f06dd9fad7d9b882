"""The lattice of conventions: every member of every family, each mathematics once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Any

from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import rules
from lawful.verify.language.family import Family
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule, spelled


@dataclass(frozen=True)
class Variant:
    """One member of a family.

    Attributes:
        family: the family.
        options: the conventions in which it differs from what the bare name means.
    """

    family: Family
    options: Mapping[str, Any]

    @cached_property
    def rule(self) -> Rule:
        """The rule."""
        return self.family(**self.options)

    @property
    def spec(self) -> str:
        """As `find_rule` reads it: `adamw(eps="hat")`."""
        inside = ", ".join(f"{name}={_literal(value)}" for name, value in self.options.items())
        return spelled(self.family.name, inside)

    @property
    def words(self) -> str:
        """The rule, and what is not as the bare name means it: `adamw, eps inside the root`."""
        return ", ".join([self.family.name, *self.phrases])

    @property
    def phrases(self) -> list[str]:
        """What is not as the bare name means it."""
        return [self.family.said(name, value) for name, value in self.options.items()]

    def beside(self, other: "Variant") -> str:
        """What it has and another member of the family has not: `decay of the updated weight instead of …`."""
        names = {**other.options, **self.options}
        pairs = ((self._said(name), other._said(name)) for name in names)
        return ", ".join(f"{mine} instead of {theirs}" for mine, theirs in pairs if mine != theirs)

    def _said(self, name: str) -> str:
        return self.family.said(name, self.options.get(name, self.family.conventions[name][0]))


def variants(families: Sequence[Family]) -> list[Variant]:
    """Every member of the families, those of the same mathematics once: as one of the first family, if it is one, and
    else as what differs least from a bare name."""
    found = [v for family in families for v in members(family)]
    found.sort(key=lambda v: (v.family is not families[0], len(v.options)), reverse=True)
    return list({v.rule.mathematics: v for v in found}.values())


def members(
    family: Family, varied: Iterable[str] | None = None, fixed: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Variant]:
    """Every choice of a family's conventions, or of these of them beside those that are fixed, of which there is a
    rule."""
    conventions = {n: v for n, v in family.conventions.items() if varied is None or n in varied}
    for values in product(*conventions.values()):
        chosen = zip(conventions.items(), values, strict=True)
        variant = Variant(family, {**{name: v for (name, allowed), v in chosen if v != allowed[0]}, **fixed})
        if _is_written(variant):
            yield variant


def _is_written(variant: Variant) -> bool:
    """Whether there is such a rule: what a transformation makes of some members it cannot make of all."""
    try:
        return bool(variant.rule)
    except Unanswerable:
        return False


def ranked(name: str) -> list[Family]:
    """All families: the one that a class's name claims first, then those whose names it holds, the longest first."""
    claimed = normal(name)

    def place(family: Family) -> tuple[bool, int]:
        own = normal(family.name)
        return own != claimed, -len(own) if own in claimed else 0

    return sorted(rules().values(), key=place)


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
