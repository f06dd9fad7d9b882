"""A step of the answer "no" as a claim, and where it is looked at again: on lines through the space of settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor, log2
from random import Random

from flint import arb
from sympy import Expr, Integer, Rational, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.translation.elimination import Way
from lawful.verify.translation.experiments import Signs
from lawful.verify.translation.inputs import Experiment
from lawful.verify.translation.ranges import Ranges, exactly, value

OCTAVES = 6
"""How far from its size an unknown is looked at: from 2⁻⁶ to 2⁶ of it, and at 0."""

NEAR = arb(2) ** -6
"""How near a value is, relative to it, to be one of those said."""

DRAWS = 4
"""How often the unknowns are drawn at a size."""


@dataclass(frozen=True)
class Claim:
    """That steps of experiments are all as they should be only where an unknown has one of few values.

    Attributes:
        steps: which: of what experiment, and which step of it.
        sought: hyperparameter of the second rule, or symbol that stands for a power → number, or expression in the
            unknowns.
        granted: expression → the signs that it may have.
        unknown: that the equations contain.
        ways: unknown and value; none where they cannot hold.
        sizes: unknown → about how large it would be if the second rule were set as the first is; 1 where absent.
        domains: hyperparameter → where it may be; nothing is said of others.
        reached: unknown and value, past which a line goes besides.
    """

    steps: Sequence[tuple[Experiment, int]]
    sought: Mapping[Symbol, Expr]
    granted: Mapping[Expr, Signs]
    unknown: frozenset[Symbol]
    ways: Sequence[Way]
    sizes: Mapping[Symbol, arb] = field(default_factory=dict)
    domains: Mapping[Symbol, Domain] = field(default_factory=dict)
    reached: Sequence[Way] = ()

    def __str__(self) -> str:
        """`x = 1, g = 1, 0, step 2`."""
        return "; ".join(f"{experiment}, step {step}" for experiment, step in self.steps)

    def size(self, symbol: Symbol) -> arb:
        """How large an unknown is about."""
        return self.sizes.get(symbol, arb(1))

    @property
    def free(self) -> frozenset[Symbol]:
        """The unknowns that are left."""
        return frozenset[Symbol]().union(*(e.free_symbols for e in self.sought.values()))

    def without(self) -> "Claim":
        """That they are so nowhere: a false one, whose lines go past the values that are left out."""
        return replace(self, ways=[], reached=self.ways)


def lines(claim: Claim, random: Random) -> Iterator[tuple[dict[Symbol, arb], Symbol | None]]:
    """Unknowns drawn, and the one along which the line goes."""
    if not claim.free:
        yield {}, None
    for symbol in sorted(claim.free & claim.unknown, key=str):
        yield _drawn(claim, random), symbol
    if claim.free and not claim.free & claim.unknown:
        yield _drawn(claim, random), None


def _drawn(claim: Claim, random: Random) -> dict[Symbol, arb]:
    """Where the unknowns are, and what is granted holds: those that it speaks of farther out, until it does."""
    bound = frozenset[Symbol]().union(*(e.free_symbols for e in claim.granted))
    free = sorted(claim.free, key=str)
    for octave in range(OCTAVES + 1):
        for _ in range(DRAWS):
            found = {s: claim.size(s) * exactly(Rational(random.randint(1, 64), 16)) for s in free}
            found |= {s: found[s] * 2**octave for s in claim.free & bound}
            if not excluded(claim, found):
                return found
    return found


def octaves(claim: Claim, at: Ranges, symbol: Symbol) -> list[int]:
    """Of a line, relative to the unknown's size; and those around each value past which it goes besides."""
    sizes = (abs(value(e, dict(at))) / claim.size(symbol) for s, e in claim.reached if s == symbol)
    found = [floor(log2(float(size.mid()))) for size in sizes if size > 0 and size.is_finite()]
    return sorted({*range(-OCTAVES, OCTAVES), *(k + near for k in found for near in (-1, 0, 1))})


def excluded(claim: Claim, at: Ranges) -> bool:
    """Whether what is granted does not hold there, or a hyperparameter is nowhere it may be."""
    known = dict(at)
    return any(not _may(value(e, known), case) for e, case in claim.granted.items()) or any(
        value(e, known) < domain.low or value(e, known) > domain.high
        for s, domain in claim.domains.items()
        if (e := claim.sought.get(s, Integer(0))).free_symbols
    )


def _may(range_: arb, case: Signs) -> bool:
    over = 1 in case and not range_ <= 0
    under = -1 in case and not range_ >= 0
    return over or under or (0 in case and range_.contains(0)) or not range_.is_finite()


def near_said(claim: Claim, at: Ranges) -> bool:
    """Whether an unknown is near one of the values that were said."""
    return any(_near(at[s], value(e, dict(at)), claim.size(s)) for s, e in claim.ways if s in at)


def _near(one: arb, other: arb, size: arb) -> bool:
    return not abs(one - other) > NEAR * (size + abs(other))
