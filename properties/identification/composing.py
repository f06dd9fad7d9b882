"""Rules made of rules over those that come nearest, one transformation deep; two, where one leaves next to nothing."""

from collections.abc import Iterator, Sequence
from itertools import islice

from lawful.properties.identification.inquiry import CLOSE, Inquiry, Proposal
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_family, rules, transformations
from lawful.verify.language.names import normal
from lawful.verify.variants.identity import Match
from lawful.verify.variants.variants import Variant, members, variants

BASES, BEST = 8, 2
"""How many rules are transformed; of how many families of what comes of that all conventions are tried."""

COMMON = ("sgd", "adam", "adamw")
"""What most are made of: a sign or a clip leaves nothing near that would say so."""


def composed(inquiry: Inquiry, near: Sequence[Variant], name: str) -> list[tuple[Match, Proposal]]:
    """What transformations make of bare rules and of the nearest as they are, beside what was seen; then, if none
    fits, of all conventions of the families that came nearest; where one of these leaves next to nothing, of that.

    Args:
        inquiry: the runs.
        near: rules, the nearest first.
        name: the class's, which may hold that of a rule.
    """
    found = inquiry.matches(map(Proposal, _over(_bases(near, name))))
    if not found or _fit(found):
        return found
    nearest = dict.fromkeys(proposal.variant.family.name for _, proposal in found)
    families = [find_family(spec)[0] for spec in islice(nearest, BEST)]
    more = inquiry.matches(map(Proposal, variants(families)))  # without those that were judged a moment ago
    found = sorted([*more, *found], key=lambda pair: pair[0].unexplained)
    almost = [proposal.variant for match, proposal in found[:1] if match.unexplained < CLOSE]
    return found if _fit(found) or not almost else [*inquiry.matches(map(Proposal, _over(almost))), *found]


def _fit(found: Sequence[tuple[Match, Proposal]]) -> bool:
    return any(match.fits for match, _ in found)


def _bases(near: Sequence[Variant], name: str) -> list[Variant]:
    """The bare rules whose names the class's holds, the longest first, and the common ones; the nearest rule of each
    family as it is; what is said of sparse gradients alone is not."""
    held = [family for short, family in rules().items() if short in normal(name)]
    held.sort(key=lambda family: -len(family.name))
    bare = [Variant(family, {}) for family in (*held[:2], *(rules()[name] for name in COMMON))]
    nearest = {v.family.name: v for v in reversed(near) if not v.rule.sparse}
    return list({v.spec: v for v in (*bare, *reversed(nearest.values()))}.values())[:BASES]


def _over(bases: Sequence[Variant]) -> Iterator[Variant]:
    """What each transformation, with each of its conventions, makes of each of these rules."""
    for base in bases:
        for how in transformations().values():
            try:
                made, _ = find_family(f"{how.name}({base.family.name})")
            except Unanswerable:
                continue  # nothing can be made of this rule
            yield from members(made, how.conventions, base.options)
