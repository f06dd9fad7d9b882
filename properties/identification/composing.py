"""Rules made of rules, one transformation deep, over those that come nearest."""

from collections.abc import Iterator, Sequence
from itertools import islice

from lawful.properties.identification.identify import Inquiry, Proposal
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_family, rules, transformations
from lawful.verify.language.family import Family
from lawful.verify.language.names import normal
from lawful.verify.variants.identity import Match
from lawful.verify.variants.variants import Variant, members, variants

BASES, BEST = 6, 2
"""How many families are transformed; of how many of what comes of that all conventions are tried."""

COMMON = ("sgd", "adam")
"""What most are made of: a sign or a clip leaves nothing near that would say so."""


def composed(inquiry: Inquiry, near: Sequence[Variant], name: str) -> list[tuple[Match, Proposal]]:
    """What transformations make of the nearest rules, beside what was seen: bare rules first, then, if none fits, all
    conventions of the nearest of them.

    Args:
        inquiry: the runs.
        near: rules, the nearest first.
        name: the class's, which may hold that of a rule.
    """
    found = inquiry.matches(map(Proposal, _over(_bases(near, name))))
    if not found or any(match.fits for match, _ in found):
        return found
    nearest = dict.fromkeys(proposal.variant.family.name for _, proposal in found)
    families = [find_family(spec)[0] for spec in islice(nearest, BEST)]
    return inquiry.matches(map(Proposal, variants(families)))


def _bases(near: Sequence[Variant], name: str) -> list[Family]:
    """The families whose names the class's holds, the longest first; the common ones; those of the nearest rules."""
    held = [family for short, family in rules().items() if short in normal(name)]
    held.sort(key=lambda family: -len(family.name))
    common = (rules()[name] for name in COMMON)
    return list({f.name: f for f in (*held[:2], *common, *(v.family for v in near))}.values())[:BASES]


def _over(bases: Sequence[Family]) -> Iterator[Variant]:
    """What each transformation, with each of its conventions, makes of each bare rule."""
    for family in bases:
        for how in transformations().values():
            try:
                made, _ = find_family(f"{how.name}({family.name})")
            except Unanswerable:
                continue  # nothing can be made of this rule
            yield from members(made, how.conventions)
