"""Every form of a rule against every other: which can be set to do what which does.

Forms that can be set to do the same in both directions are one class, and one of them stands for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod
from time import process_time

from lawful.verify.language.families import find_family, find_rule, rules
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule
from lawful.verify.translation.answer import Translation
from lawful.verify.translation.found import unconditional
from lawful.verify.translation.impossible import Impossible
from lawful.verify.translation.inferred import Known
from lawful.verify.translation.rewriting import in_reals
from lawful.verify.translation.translate import refuted, settings, translated
from lawful.verify.variants.variants import Variant, variants

MANY, FEW = 40, 20
"""Forms of a family."""


@dataclass(frozen=True)
class Matrix:
    """What the forms of a rule can be set to.

    Attributes:
        family: the rule's name.
        classes: forms that can each be set to do what each other does; the first stands for them.
        answers: from the first of one class to the first of another.
    """

    family: str
    classes: list[list[str]]
    answers: list[Translation]

    @property
    def undecided(self) -> list[Translation]:
        """The answers that are open."""
        return [answer for answer in self.answers if answer.outcome == "open"]


Tell = Callable[[str], object]
"""What is told how far it is, in a line."""


def matrix(name: str, tell: Tell = str) -> Matrix:
    """The matrix of a family.

    Args:
        name: the family's.
        tell: what is told how far it is.

    Raises:
        Unanswerable: there is no such rule.
    """
    family, _ = find_family(name)
    classes = classes_of([v.spec for v in own(family)], tell)
    return Matrix(name, classes, list(answers(classes, tell)))


def own(family: Family) -> list[Variant]:
    """The members of a family, each mathematics once; of many, without those of families that have fewer."""
    mine = sorted(variants([family]), key=lambda v: len(v.options))
    if len(mine) <= MANY:
        return mine
    fewer = [f for f in rules().values() if f is not family and _size(f) < _size(family)]
    others = {v.rule.mathematics for v in variants(fewer)}
    return [v for v in mine if not v.options or v.rule.mathematics not in others]


def _size(family: Family) -> int:
    return prod(len(values) for values in family.conventions.values())


def classes_of(specs: list[str], tell: Tell = str) -> list[list[str]]:
    """The forms, those that can be set to do the same in both directions together."""
    found: list[list[str]] = []
    for count, spec in enumerate(specs, start=1):
        tell(f"form {count} of {len(specs)}: {spec}")
        place = next((c for c in found if _same(spec, c[0])), None)
        if place is None:
            found.append([spec])
        else:
            place.append(spec)
    return found


def neighbours(name: str, tell: Tell = str) -> Iterator[Translation]:
    """From each form of a rule to each that differs in one convention; of more than `FEW` its own alone.

    Raises:
        Unanswerable: there is no such rule.
    """
    forms = own(find_family(name)[0])
    pairs = [(a, b) for a in forms for b in forms if _apart(a, b) == 1]
    told = [(a, b) for a, b in pairs if len(forms) <= FEW or not (a.options and b.options)]
    for count, (one, other) in enumerate(told, start=1):
        tell(f"pair {count} of {len(told)}: {one.spec} to {other.spec}")
        yield translated(find_rule(one.spec), find_rule(other.spec), near=False)


def _apart(one: Variant, other: Variant) -> int:
    return sum(one.options.get(name) != other.options.get(name) for name in {*one.options, *other.options})


def _same(one: str, other: str) -> bool:
    return all(_settable(find_rule(a), find_rule(b)) for a, b in ((one, other), (other, one)))


def _settable(first: Rule, second: Rule) -> bool:
    found = unconditional(in_reals(first), in_reals(second))
    return found is not None and not found.above


def answers(classes: list[list[str]], tell: Tell = str) -> Iterator[Translation]:
    """From the first of each class to the first of each other; what follows from what was shown is not shown anew."""
    known = Known({one[0]: in_reals(find_rule(one[0])) for one in classes})
    pairs = [(one, other) for one in known.rules for other in known.rules if one != other]
    for count, (one, other) in enumerate(pairs, start=1):
        tell(f"pair {count} of {len(pairs)}: {one} to {other}")
        yield _answered(known, one, other)


def _answered(known: Known, one: str, other: str) -> Translation:
    """From one to the other, which is known from then on."""
    began = process_time()
    first, second = find_rule(one), find_rule(other)
    follows = known.inferred(one, other)
    found = known.found[one][other] = settings(first, second, none=follows)
    open_ = all(each.zero or each.begun for each in found)
    none = follows or (refuted(first, second, found) if open_ else "")
    if isinstance(none, Impossible):
        known.none[other][one] = none
    answer = translated(first, second, found=found, near=False, none=none)
    return replace(answer, seconds=process_time() - began)
