"""Signs by ball arithmetic: boxes that cover a domain up to a margin, and exact points between the margin and its border."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from flint import arb, fmpq
from sympy import Symbol, oo

from lawful.verify.claims import Answer, Positive
from lawful.verify.exact import Number, Undecided, carry_out, evaluate, is_zero
from lawful.verify.points import RandomPoint

MARGIN = fmpq(1, 32)
"""How far from the border, in coordinates of the unit cube, the boxes end."""

BOXES = 2000
BORDER_POINTS = 100

Place = Callable[[Symbol, Number], Number]
Value = Callable[[Mapping[Symbol, Number]], Number]


def positive(claim: Positive, random: Random) -> Answer:
    """Whether ball arithmetic finds the claimed expression positive."""

    def value(at: Mapping[Symbol, Number]) -> Number:
        ends = {s: carry_out(run, at) for s, run in claim.runs.items()}
        return evaluate(claim.expr, ChainMap(ends, at))

    place = _placement(claim)
    symbols = _symbols(value, place, random)
    boxes = _cover(value, symbols, place, claim.strict)
    if boxes is None:
        return Answer(False, [f"{claim.label}: no cover of the domain by at most {BOXES} boxes with a certain sign"])
    wrong = _near_the_border(value, symbols, place, claim.strict, random)
    if wrong:
        return Answer(False, [f"{claim.label}: fails at {wrong}"])
    how = f"on {boxes} boxes that cover the domain up to a margin of {MARGIN}, and at {BORDER_POINTS} points beyond it"
    return Answer(True, [f"{claim.label}: ball arithmetic, {how if symbols else 'one value'}"])


def _placement(claim: Positive) -> Place:
    """(symbol, u in the unit interval) → the symbol's value, the whole domain for 0 < u < 1."""

    def place(symbol: Symbol, u: Number) -> Number:
        low, high = claim.over.get(symbol, _declared(symbol))
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
    """How many boxes with a certain sign cover the domain up to the margin; None if one has the wrong sign."""
    pending, done = [[(MARGIN, 1 - MARGIN)] * len(symbols)], 0
    while pending:
        box = pending.pop()
        done += 1
        at = {s: place(s, _ball(*side)) for s, side in zip(symbols, box, strict=True)}
        if _certain(value, at, strict):
            continue
        if done + len(pending) > BOXES or not box:
            return None
        pending += _halves(box)
    return done


def _certain(value: Value, at: Mapping[Symbol, Number], strict: bool) -> bool:
    try:
        found = value(at)
    except (ZeroDivisionError, Undecided):
        return False
    return bool(found > 0) or (not strict and is_zero(found))


def _ball(low: fmpq, high: fmpq) -> arb:
    middle, radius = arb((low + high) / 2), arb((high - low) / 2)
    return middle + arb(0, radius)


def _halves(box: list[tuple[fmpq, fmpq]]) -> list[list[tuple[fmpq, fmpq]]]:
    widest = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
    low, high = box[widest]
    middle = (low + high) / 2
    return [[*box[:widest], half, *box[widest + 1 :]] for half in ((low, middle), (middle, high))]


def _near_the_border(value: Value, symbols: list[Symbol], place: Place, strict: bool, random: Random) -> str:
    """A point near the border of the domain with the wrong sign; empty if none was met."""
    for _ in range(BORDER_POINTS if symbols else 0):
        at = RandomPoint(random)
        at.update({s: place(s, _near_an_end(random)) for s in symbols})
        found = value(at)
        if not (found > 0 or (not strict and is_zero(found))):
            return f"{at}, where it is {arb(found).str(5)}"
    return ""


def _near_an_end(random: Random) -> fmpq:
    distance = fmpq(random.randrange(1, 10**6), 10 ** random.randint(7, 15))
    return random.choice([distance, 1 - distance, fmpq(random.randrange(1, 1000), 1000)])
