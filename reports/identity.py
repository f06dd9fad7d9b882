"""What `lawful identify` says, in sentences."""

from collections.abc import Iterator
from dataclasses import replace
from math import isinf

from rich.console import Console

from lawful.reports.words import ratio
from lawful.verify.variants.identity import Identity, Match


def show_identity(identity: Identity, console: Console) -> None:
    """Prints what a class follows, and by how much nothing else does."""
    for line in sentences(identity):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def sentences(identity: Identity) -> Iterator[str]:
    """The answer, how sure it is, and what else there is to know."""
    if identity.ranks:
        yield f"{identity.target}: another rule for each rank of its tensors."
    for rank, found in identity.ranks.items():
        first, *rest = sentences(replace(found, target=rank.capitalize()))
        yield from (f"  {line}" for line in (first, *rest))
    yield from (f"  {note}" for note in (identity.notes if identity.ranks else ()))
    if not identity.ranks:
        yield from _of_all(identity)


def _of_all(identity: Identity) -> Iterator[str]:
    yield f"{identity.target}: {_answer(identity)}"
    for rule, how in identity.same.items():
        yield f"  {rule} fits too: {how}."
    if identity.nearest:
        yield f"  {_other(identity, identity.nearest)}"
    if identity.notes:
        yield f"  This holds in {identity.dtype}; {', '.join(identity.notes)}."
    elif identity.dtype != "float64":
        yield f"  This holds in {identity.dtype}; in float64, something is kept in lower precision."


def _answer(identity: Identity) -> str:
    if identity.fits:
        first, once = identity.fits[0], identity.once and f", once {identity.once}"
        return f"{first.words}{once}. Off by at most {ratio(first.worst)} of what rounding explains."
    what = "schedules" if identity.share_of == "rate" else "rules"
    return f"none of the {identity.searched} {what} and conventions fits."


def _other(identity: Identity, match: Match) -> str:
    share = f"{match.unexplained:.2g} of a {identity.share_of} on average"
    exact = f"off by {share}, where nothing is rounded too"
    left = (
        exact
        if isinf(match.worst)
        else f"off by {ratio(match.worst)} times what rounding explains, by {share}"
    )
    if not identity.fits:
        return f"Nearest: {match.words} ({left})."
    return f"No other of the {identity.searched} variants fits; the nearest, {match.words}, is {left}."
