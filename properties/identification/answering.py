"""What a class follows as it is; where nothing fits, what it does for each rank, and with what it does besides off."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from math import inf
from typing import Any

import numpy as np
import torch

from lawful.properties.identification.composing import composed
from lawful.properties.identification.foretelling import Probe
from lawful.properties.identification.identify import FORMATS, identified
from lawful.properties.identification.probes import Subject
from lawful.properties.scenarios.scenarios import Shapes
from lawful.verify.candidates.constructor import off
from lawful.verify.candidates.frameworks import adapter_of
from lawful.verify.candidates.loading import given, load
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule, rules
from lawful.verify.variants.identity import Identity

RANKS = {
    "vectors and scalars": Shapes(((97,), (31,), ())),
    "matrices": Shapes(((6, 9), (40, 3), (5, 5))),
    "stacks of matrices": Shapes(((2, 3, 4), (3, 5, 4))),
}

MOST = 12
"""How many arguments and values are tried."""


def answer(target: str, arguments: Mapping[str, Any], names: Mapping[str, str], seed: int) -> Identity:
    """`answered`, in a worker."""
    return answered(asked(target, arguments, names, seed), target)


def asked(target: str, arguments: Mapping[str, Any], names: Mapping[str, str], seed: int) -> Subject:
    """A target as it is asked about."""
    cls = load(target)
    return Subject(cls, given(arguments), seed=seed, adapter=adapter_of(cls).saying(names))


def answered_at_once(subject: Subject, target: str, claim: str) -> Identity:
    """`answered`, among the rules of the family that a name claims, and of those that are called alike, if one fits."""
    alike = [f for name, f in rules().items() if name.startswith(claim) or claim.startswith(name)]
    found = identified(subject, target, slips=False, far=False, among=alike) if alike else None
    return found if found and found.fits else answered(subject, target)


def answered(subject: Subject, target: str = "") -> Identity:
    """Which rule and which conventions a class follows.

    Raises:
        Unanswerable: see `identified`.
    """

    def instead(plain: Identity) -> Identity | None:
        return relieved(subject, target) or by_rank(subject, plain)

    return identified(subject, target, beyond=composed, instead=instead)


def by_rank(subject: Subject, plain: Identity) -> Identity | None:
    """What tensors of each rank follow, if each rank that is taken follows something, or has more dimensions than the
    rule speaks of that the rank below follows."""
    fitting: dict[str, Identity] = {}
    notes, most = [], 1
    for rank, shapes in RANKS.items():
        try:
            found = identified(replace(subject, shapes=(shapes,)), rank, slips=False, far=False)
        except Unanswerable:
            continue
        if found.fits:
            fitting[rank], most = found, find_rule(found.fits[0].rule).dimensions[1]
        elif dimensions(shapes) <= most:
            return None
        else:
            notes.append(f"Of {rank} this rule says nothing.")
    return replace(plain, ranks=fitting, notes=notes) if fitting else None


def dimensions(shapes: Shapes) -> int:
    """The most that one of these shapes has."""
    return max(map(len, shapes.first))


def relieved(subject: Subject, target: str) -> Identity | None:
    """What fits once one argument is off that no rule knows and that is on by default, such as a clip."""
    for name, value in islice(_reliefs(subject), MOST):
        other = replace(subject, arguments={**subject.arguments, name: value})
        try:
            found = identified(other, target, slips=False, far=False)
        except Unanswerable:
            continue
        if found.fits:
            return replace(found, once=f"{name} is {'∞' if value == inf else value}")
    return None


def _reliefs(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Arguments that no rule knows, each at those values at which it may be off, if that changes anything."""
    candidate, plain = subject.candidate(), cache(lambda dtype: replace(subject, dtype=dtype).probes(()))
    held = {name for family in rules().values() for name in _known(subject, family)}
    for name in candidate.unexplored:
        default = candidate.constructor.default(name)
        if name not in held:
            yield from ((name, v) for v in off(default) if _matters(subject, plain, name, v))


def _known(subject: Subject, family: Any) -> set[str]:
    candidate = subject.candidate(family)
    return {*candidate.binding.names.values(), *candidate.options.names.values()}


def _matters(
    subject: Subject, plain: Callable[[torch.dtype], Sequence[Probe]], name: str, value: Any
) -> bool:
    """Whether a class that takes this value walks another way than it does plainly, in the widest format that it
    takes."""
    for dtype in FORMATS:
        other = replace(subject, dtype=dtype, arguments={**subject.arguments, name: value})
        try:
            pairs = zip(plain(dtype), other.probes(()), strict=True)
            return any(not np.array_equal(a.seen, b.seen, equal_nan=True) for a, b in pairs)
        except Unanswerable:
            continue
    return False
