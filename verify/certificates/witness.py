"""Numbers that satisfy hypotheses: a theorem without any would be about nothing."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from sympy import Integer, Rational, Symbol

from lawful.verify.certificates.given import Given, put
from lawful.verify.certificates.terms import Condition, counts, term

TRIES = 400
POSITIVE = [
    Rational(p, q)
    for p, q in ((1, 2), (1, 3), (2, 3), (3, 1), (5, 2), (1, 4), (2, 1), (9, 5), (3, 2), (5, 1))
]
VALUES = [*POSITIVE, *(-value for value in POSITIVE), Integer(0)]

Point = Mapping[Symbol, Rational]


def witness(known: Given, found: Sequence[Condition]) -> Point | None:
    """A point at which the hypotheses and further conditions, in the constants alone, hold; None if none was found."""
    wanted = [*(h.condition for h in known.hypotheses), *found]
    found_at = islice(_points(known), TRIES)
    return next((p for p in found_at if all(_holds(c, p) for c in wanted)), None)


def points(known: Given, count: int) -> list[Point]:
    """Some points at which the hypotheses hold."""
    found = (
        p for p in islice(_points(known), TRIES) if all(_holds(h.condition, p) for h in known.hypotheses)
    )
    return list(islice(found, count))


def _points(known: Given) -> Iterator[Point]:
    """Points one after another, in an order that is always the same: a linear congruence chooses the values."""
    allowed = {symbol: _allowed(symbol, known) for symbol in known.symbols}
    state = 1
    while all(allowed.values()):
        point = {}
        for symbol, values in allowed.items():
            state = (state * 75 + 74) % 65537
            point[symbol] = values[state * len(values) // 65537]
        yield point


def _allowed(symbol: Symbol, known: Given) -> list[Rational]:
    """The values at which the hypotheses about one symbol alone hold."""
    values = [Integer(k) for k in (1, 2, 3)] if counts(symbol) else [*VALUES, *_inside(symbol, known)]
    alone = [h.condition for h in known.hypotheses if h.condition.of.free_symbols == {symbol}]
    return [value for value in values if all(_holds(c, {symbol: value}) for c in alone)]


def _inside(symbol: Symbol, known: Given) -> list[Rational]:
    """Short fractions between the ends of an interval."""
    alone = [h.condition.of for h in known.hypotheses if h.condition.of.free_symbols == {symbol}]
    ends = sorted(float(-put(of, {symbol: 0}) / of.coeff(symbol)) for of in alone)
    if len(ends) < 2:
        return []
    low, high = ends[-2:]
    return [Rational(Fraction(low + (high - low) * k / 4).limit_denominator(60)) for k in (1, 2, 3)]


def _holds(condition: Condition, point: Point) -> bool:
    value = put(condition.of, point)
    try:
        number = complex(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return False
    if abs(number.imag) > 1e-12:
        return False
    return {"<>": abs(number.real) > 1e-9, "<=": number.real >= 0, "<": number.real > 1e-9}[
        condition.relation
    ]


def written(point: Point, symbols: Sequence[Symbol]) -> list[str]:
    """The numbers as terms, those that count as natural numbers."""
    return [f"{point[s]}%nat" if counts(s) else term(point[s], {}) for s in symbols]
