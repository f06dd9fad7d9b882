"""Signs by interval arithmetic: boxes that cover a domain up to a margin, and exact points beyond it."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from flint import arb, fmpq
from sympy import Symbol, oo

from lawful.verify.provers.arithmetic.evaluate import Number, Undecided, carry_out, evaluate, is_zero, layers
from lawful.verify.provers.arithmetic.interval import Interval, hull
from lawful.verify.provers.arithmetic.points import RandomPoint
from lawful.verify.provers.arithmetic.slope import Sloped
from lawful.verify.provers.claims import Answer, Positive

MARGIN = fmpq(1, 8)
"""How far from the border, in coordinates of the unit cube, the boxes end."""

BOXES = 1000
BORDER_POINTS = 200

Cube = dict[Symbol, tuple[fmpq, fmpq]]
Place = Callable[[Symbol, Number], Number]
Value = Callable[[Mapping[Symbol, Number]], Number]


def positive(claim: Positive, random: Random) -> Answer:
    """Whether interval arithmetic finds the claimed expression positive."""

    def value(at: Mapping[Symbol, Number]) -> Number:
        ends = {s: carry_out(run, at) for s, run in claim.runs.items()}
        return evaluate(claim.expr, layers(ends, at))

    place = _placement(claim)
    symbols = _symbols(value, place, random)
    if wrong := _wrong_point(value, symbols, place, claim.strict, random):
        return Answer(False, [f"{claim.label}: fails at {wrong}"])
    boxes = _cover(value, symbols, place, claim.strict)
    if boxes is None:
        return Answer(
            False,
            [f"{claim.label}: no cover of the domain by at most {BOXES} boxes with a certain sign"],
            certain=False,
        )
    how = f"{boxes} boxes cover the domain up to a margin of {MARGIN}, {BORDER_POINTS} points lie beyond it"
    return Answer(
        True, [f"{claim.label}: {f'interval arithmetic, {how}' if symbols else 'exact arithmetic'}"]
    )


def _placement(claim: Positive) -> Place:
    """(symbol, u in the unit interval) → the symbol's value, the whole domain for 0 < u < 1."""

    def place(symbol: Symbol, u: Number) -> Number:
        low, high = claim.over[symbol] if symbol in claim.over else _declared(symbol)
        start = evaluate(low, {})
        return start + u / (1 - u) if high == oo else start + (evaluate(high, {}) - start) * u

    return place


def _declared(symbol: Symbol) -> tuple[Any, Any]:
    if not symbol.is_nonnegative:
        raise NotImplementedError(f"{symbol} has no lower bound: name its domain")
    return fmpq(0), oo


def _symbols(value: Value, place: Place, random: Random) -> list[Symbol]:
    """The symbols on which the value depends, noticed while it is computed once."""

    class Noticing(dict[Symbol, Number]):
        def __missing__(self, symbol: Symbol) -> Number:
            self[symbol] = place(symbol, fmpq(random.randrange(1, 1000), 1000))
            return self[symbol]

    noticed = Noticing()
    value(noticed)
    return sorted(noticed, key=str)


def _cover(value: Value, symbols: list[Symbol], place: Place, strict: bool) -> int | None:
    """How many boxes with a certain sign cover the domain up to the margin; None if that takes too many."""
    pending, done = [dict.fromkeys(symbols, (MARGIN, 1 - MARGIN))], 0
    while pending:
        cube = pending.pop()
        done += 1
        box = {s: hull(*(place(s, u) for u in side)) for s, side in cube.items()}
        certain, steepest = _certain(value, box, strict)
        if not certain:
            if done + len(pending) > BOXES or not cube:
                return None
            pending += _halves(cube, steepest)
    return done


def _certain(value: Value, box: Mapping[Symbol, Interval], strict: bool) -> tuple[bool, Symbol | None]:
    """Whether the value has the right sign on the whole box, and along which symbol it varies most."""
    try:
        middle = {s: Interval.lift(side.middle) for s, side in box.items()}
        found = Sloped.lift(value({s: Sloped(side, {s: Interval.lift(1)}) for s, side in box.items()}))
        changes = {s: found.slope(s) * (box[s] - middle[s]) for s in box}
        least = Interval.lift(value(middle)) + sum(changes.values(), Interval.lift(0))
        certain = found > 0 or least > 0
        return certain, max(changes, key=lambda s: float(changes[s].high - changes[s].low), default=None)
    except (ZeroDivisionError, Undecided):
        return False, None


def _halves(cube: Cube, steepest: Symbol | None) -> list[Cube]:
    split = steepest or max(cube, key=lambda s: cube[s][1] - cube[s][0])
    low, high = cube[split]
    middle = (low + high) / 2
    return [cube | {split: (low, middle)}, cube | {split: (middle, high)}]


def _wrong_point(value: Value, symbols: list[Symbol], place: Place, strict: bool, random: Random) -> str:
    """A point, mostly near the border of the domain, with the wrong sign; empty if none was met."""
    for _ in range(BORDER_POINTS if symbols else 1):
        at = RandomPoint(random)
        at.update({s: place(s, _near_an_end(random)) for s in symbols})
        found = value(at)
        if not (found > 0 or (not strict and is_zero(found))):
            return f"{at}, where it is {arb(found).str(5)}"
    return ""


def _near_an_end(random: Random) -> fmpq:
    distance = fmpq(random.randrange(1, 10**6), 10 ** random.randint(7, 15))
    return random.choice([distance, 1 - distance, fmpq(random.randrange(1, 1000), 1000)])
