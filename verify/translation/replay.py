"""The answer "no" checked again: each of its steps, on lines through the space of settings, in balls.

A step says that an equation holds only where an unknown has one of few values. Here the other unknowns are drawn, the
line along this one is cut into intervals, and the second rule is run on each: its weight must be off there, unless the
interval is at one of these values, or contradicts what was granted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random
from types import MappingProxyType

from flint import arb
from sympy import Expr, Integer, Rational, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule
from lawful.verify.translation.elimination import Way
from lawful.verify.translation.experiments import Signs
from lawful.verify.translation.inputs import Experiment
from lawful.verify.translation.powers import alone_in, is_one, powers_of, put_in
from lawful.verify.translation.quotients import factored
from lawful.verify.translation.ranges import Ranges, course, exactly, value

OCTAVES = 6
"""How far from its size an unknown is looked at: from 2⁻⁶ to 2⁶ of it, and at 0."""

SMALL, NEAR = arb(2) ** -10, arb(2) ** -6
"""How short an interval must be, relative to where it is, and how near a value, to be one of those said."""

DRAWS = 4
"""How often the unknowns are drawn at a size."""

MOST, POINTS, HALVINGS = 600, 64, 40
"""Intervals of a line; where more would be needed, points on it are all that is looked at, and that is said; and how
often what is between two of them is halved where all weights come to the other side."""


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
    """

    steps: Sequence[tuple[Experiment, int]]
    sought: Mapping[Symbol, Expr]
    granted: Mapping[Expr, Signs]
    unknown: frozenset[Symbol]
    ways: Sequence[Way]
    sizes: Mapping[Symbol, arb] = field(default_factory=dict)
    domains: Mapping[Symbol, Domain] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Replay:
    """What came of the check.

    Attributes:
        confirmed: whether every step was found to be so.
        refused: whether it was found out what was left out on purpose.
        words: that in words.
        neighbour: what was left out, in words.
    """

    confirmed: bool
    refused: bool
    words: str
    neighbour: str


def replayed(
    first: Rule,
    setting: Mapping[Symbol, Expr],
    second: Rule,
    claims: Sequence[Claim],
    sizes: Mapping[Symbol, arb] = MappingProxyType({}),
) -> Replay:
    """Every step again, and one of which a value is left out, which must be found out; `sizes` as of a claim."""
    domains = {s: second.domain(s) for s in second.defaults}
    claims = [replace(c, sizes=sizes, domains=domains) for c in claims]
    once = list({(str(c), str(c.sought), str(c.granted)): c for c in claims}.values())
    found = [(c, _stands(first, setting, second, c)) for c in once]
    wrong = next((c for c, stands in found if not stands), None)
    said = _said_of([stands for _, stands in found], " of what FROM has" if sizes else "")
    if wrong is not None:
        said = f"not confirmed in balls is {wrong}"
    lame = [replace(c, ways=[]) for c in once if any(s in c.unknown for s, _ in c.ways)]
    left = next((c for c in lame if not _stands(first, setting, second, c)), None)
    told = f"that {left}, cannot be met" if left else ""
    return Replay(wrong is None and bool(once), left is not None or not lame, said, told)


def _said_of(found: Sequence[str], of: str) -> str:
    whole = found.count(WHOLE)
    points = f", {len(found) - whole} at {POINTS} points of them" if whole < len(found) else ""
    of = f"of {len(found)} steps {whole} on lines from 2⁻⁶ to 2⁶{of} in balls{points}"
    return f"{of}: nothing else does the same there"


Gap = Callable[[Ranges], arb]

WHOLE, SPARSE = "on whole lines", "at points of lines"


def _stands(first: Rule, setting: Mapping[Symbol, Expr], second: Rule, claim: Claim) -> str:
    """Whether a claim is so on every line that is drawn, and whether on all of each; empty if it is not."""
    random = Random(f"{claim}{claim.sought}")
    gaps = [_gap(first, setting, second, claim, *step) for step in claim.steps]
    found = [_line(claim, gaps, at, symbol) for at, symbol in _lines(claim, random)]
    return "" if "" in found else SPARSE if SPARSE in found else WHOLE


def _gap(
    first: Rule, setting: Mapping[Symbol, Expr], second: Rule, claim: Claim, whole: Experiment, step: int
) -> Gap:
    """How far the weight is from where it should be, wherever in the intervals the unknowns are."""
    numbers = {s: exactly(e) for s, e in setting.items()}
    experiment = replace(whole, gradients=whole.gradients[:step])
    due = course(first, experiment.start, experiment.gradients, numbers)
    hypers = {s: e for s, e in claim.sought.items() if not is_one(s)}
    powers = [(powers_of(second, k, hypers), alone_in(second, k, hypers)) for k in range(1, step + 1)]

    def gap(at: Ranges) -> arb:
        found = {s: _range(e, at) for s, e in claim.sought.items()}
        known = [
            {**put_in(each, found), **{e: found[z] for e, z in alone.items() if z in found}}
            for each, alone in powers
        ]
        return course(second, experiment.start, experiment.gradients, found, due[1:], known)[-1] - due[-1]

    return gap


def _off(gaps: Sequence[Gap], at: Ranges) -> bool:
    """Whether a weight is not where it should be; where it is none at all, it is not."""
    found = [gap(at) for gap in gaps]
    exact = all(r.is_exact() for r in at.values())
    return any(gap > 0 or gap < 0 or (exact and not gap.is_finite()) for gap in found)


def _range(expr: Expr, at: Ranges) -> arb:
    """Where an expression is while one unknown is in an interval: between its ends, where it is monotone."""
    wide = next((s for s, r in at.items() if not r.is_exact() and s in expr.free_symbols), None)
    whole = value(expr, dict(at))
    if wide is None:
        return whole
    slope = value(_slope(expr, wide), dict(at))
    if not (slope > 0 or slope < 0):
        return whole
    part = at[wide]
    ends = [value(expr, {**at, wide: end}) for end in (part.lower(), part.upper())]
    return ends[0].union(ends[1])


@lru_cache(maxsize=1024)
def _slope(expr: Expr, symbol: Symbol) -> Expr:
    return factored(expr.diff(symbol))


def _lines(claim: Claim, random: Random) -> Iterator[tuple[dict[Symbol, arb], Symbol | None]]:
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
    for octave in range(OCTAVES + 1):
        for _ in range(DRAWS):
            found = {s: claim.size(s) * exactly(Rational(random.randint(1, 64), 16)) for s in claim.free}
            found |= {s: found[s] * 2**octave for s in claim.free & bound}
            if not _excluded(claim, found):
                return found
    return found


def _line(claim: Claim, gaps: Sequence[Gap], at: dict[Symbol, arb], symbol: Symbol | None) -> str:
    """Whether the claim is so on a line: on all of it, or at points of it."""
    if symbol is None:
        return WHOLE if _off(gaps, at) or _excluded(claim, at) else ""
    size = claim.size(symbol)
    left = [size * (arb(2) ** k).union(arb(2) ** (k + 1)) for k in range(-OCTAVES, OCTAVES)]
    left += [] if symbol.is_positive else [arb(0)]
    left += [] if symbol.is_nonnegative else [-part for part in left]
    for _ in range(MOST):
        if not left:
            return WHOLE
        part = left.pop()
        here = {**at, symbol: part}
        if _excluded(claim, here) or _off(gaps, here):
            continue
        if (part.is_exact() or part.rad() < SMALL * abs(part.mid())) and _near_said(claim, here):
            continue
        if part.is_exact():
            return ""
        middle = part.mid()
        left += [part.lower().union(middle), middle.union(part.upper())]
    return _at_points(claim, gaps, at, symbol)


def _at_points(claim: Claim, gaps: Sequence[Gap], at: dict[Symbol, arb], symbol: Symbol) -> str:
    """Whether some weight is off at points of a line, and on the same side at two if nothing was said between them."""
    before: tuple[arb, list[bool]] | None = None
    size = claim.size(symbol)
    line = (2 * OCTAVES * exactly(Rational(k, POINTS)) - OCTAVES for k in range(POINTS))
    for place in ((size * arb(2) ** power).mid() for power in line):
        here = {**at, symbol: place}
        if _excluded(claim, here):
            before = None
            continue
        sides = [bool(gap(here) > 0) for gap in gaps]
        if not (_off(gaps, here) or _near_said(claim, here)):
            return ""
        if before is not None and all(a != b for a, b in zip(before[1], sides, strict=True)):
            if not _apart(claim, gaps, at, symbol, (before[0], place)):
                return ""
        before = place, sides
    return SPARSE


def _apart(
    claim: Claim, gaps: Sequence[Gap], at: dict[Symbol, arb], symbol: Symbol, ends: tuple[arb, arb]
) -> bool:
    """Whether the places where weights come to the other side are not all one, or were said."""
    for _ in range(HALVINGS):
        if _near_said(claim, {**at, symbol: ends[0].union(ends[1])}):
            return True
        middle = ((ends[0] + ends[1]) / 2).mid()
        sides = [[bool(gap({**at, symbol: p}) > 0) for gap in gaps] for p in (ends[0], middle, ends[1])]
        halves = [all(a != b for a, b in zip(*pair, strict=True)) for pair in (sides[:2], sides[1:])]
        if not any(halves):
            return True
        ends = (ends[0], middle) if halves[0] else (middle, ends[1])
    return False


def _excluded(claim: Claim, at: Ranges) -> bool:
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


def _near_said(claim: Claim, at: Ranges) -> bool:
    """Whether an unknown is near one of the values that were said."""
    return any(_near(at[s], value(e, dict(at)), claim.size(s)) for s, e in claim.ways if s in at)


def _near(one: arb, other: arb, size: arb) -> bool:
    return not abs(one - other) > NEAR * (size + abs(other))
