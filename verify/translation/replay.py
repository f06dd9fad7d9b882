"""The answer "no" checked again: each of its steps, on lines through the space of settings, in balls.

A step says that an equation holds only where an unknown has one of few values. Here the other unknowns are drawn, the
line along this one is cut into intervals, and the second rule is run on each: its weight must be off there, unless the
interval is at one of these values, or contradicts what was granted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from types import MappingProxyType

from flint import arb
from sympy import Expr, Rational, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.translation.claims import Claim, excluded, lines, near_said, octaves
from lawful.verify.translation.inputs import Experiment
from lawful.verify.translation.powers import alone_in, is_one, powers_of, put_in
from lawful.verify.translation.quotients import factored
from lawful.verify.translation.ranges import Ranges, course, exactly, value

SMALL = arb(2) ** -10
"""How short an interval must be, relative to where it is, to be one of the values that were said."""

MOST, POINTS, HALVINGS = 600, 6, 40
"""Intervals of a line; where more would be needed, so many points of each octave are all that is looked at, and that is
said; and how often what is between two of them is halved where all weights come to the other side."""


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
    lame = [c.without() for c in once if any(s in c.unknown for s, _ in c.ways)]
    left = next((c for c in lame if not _stands(first, setting, second, c)), None)
    told = f"that {left}, cannot be met" if left else ""
    return Replay(wrong is None and bool(once), left is not None or not lame, said, told)


def _said_of(found: Sequence[str], of: str) -> str:
    whole = found.count(WHOLE)
    points = f", {len(found) - whole} at {POINTS} points of each octave" if whole < len(found) else ""
    of = f"of {len(found)} steps {whole} on lines from 2⁻⁶ to 2⁶{of} in balls{points}"
    return f"{of}: nothing else does the same there"


Gap = Callable[[Ranges], arb]

WHOLE, SPARSE = "on whole lines", "at points of lines"


def _stands(first: Rule, setting: Mapping[Symbol, Expr], second: Rule, claim: Claim) -> str:
    """Whether a claim is so on every line that is drawn, and whether on all of each; empty if it is not."""
    random = Random(f"{claim}{claim.sought}")
    gaps = [_gap(first, setting, second, claim, *step) for step in claim.steps]
    found = [_line(claim, gaps, at, symbol) for at, symbol in lines(claim, random)]
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


def _line(claim: Claim, gaps: Sequence[Gap], at: dict[Symbol, arb], symbol: Symbol | None) -> str:
    """Whether the claim is so on a line: on all of it, or at points of it."""
    if symbol is None:
        return WHOLE if _off(gaps, at) or excluded(claim, at) else ""
    size = claim.size(symbol)
    left = [size * (arb(2) ** k).union(arb(2) ** (k + 1)) for k in octaves(claim, at, symbol)]
    left += [] if symbol.is_positive else [arb(0)]
    left += [] if symbol.is_nonnegative else [-part for part in left]
    for _ in range(MOST):
        if not left:
            return WHOLE
        part = left.pop()
        here = {**at, symbol: part}
        if excluded(claim, here) or _off(gaps, here):
            continue
        if (part.is_exact() or part.rad() < SMALL * abs(part.mid())) and near_said(claim, here):
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
    line = (k + exactly(Rational(j, POINTS)) for k in octaves(claim, at, symbol) for j in range(POINTS))
    for place in ((size * arb(2) ** power).mid() for power in line):
        here = {**at, symbol: place}
        if excluded(claim, here):
            before = None
            continue
        sides = [bool(gap(here) > 0) for gap in gaps]
        if not (_off(gaps, here) or near_said(claim, here)):
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
        if near_said(claim, {**at, symbol: ends[0].union(ends[1])}):
            return True
        middle = ((ends[0] + ends[1]) / 2).mid()
        sides = [[bool(gap({**at, symbol: p}) > 0) for gap in gaps] for p in (ends[0], middle, ends[1])]
        halves = [all(a != b for a, b in zip(*pair, strict=True)) for pair in (sides[:2], sides[1:])]
        if not any(halves):
            return True
        ends = (ends[0], middle) if halves[0] else (middle, ends[1])
    return False
