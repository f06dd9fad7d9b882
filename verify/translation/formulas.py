"""A formula through numbers: a product of few powers of known quantities, with a rational factor; or a sum of two."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sympy import Add, Expr, Integer, Mul, Rational

from lawful.verify.language.symbols import lr, weight_decay
from lawful.verify.translation.question import Place

CLOSE = 1e-5
"""How near a number must be to a formula, relative to it; what is proved decides, this proposes."""

MOST, LARGEST = 3, 200
"""How many factors, and the largest denominator."""


def formula(values: Sequence[float], places: Sequence[Place]) -> Expr | None:
    """The shortest product that has these values at these places, or a sum; None if there is neither.

    Args:
        values: one for each place.
        places: settings of the first rule.
    """
    wanted = np.array(values)
    if (wanted == 0).all():
        return Integer(0)
    if not (np.sign(wanted) == np.sign(wanted[0])).all() or not np.isfinite(wanted).all():
        return None
    known = _known(places)
    for count in range(MOST + 1):
        for chosen in combinations(known, count):
            found = _product(np.log(np.abs(wanted)), {e: known[e] for e in chosen})
            if found is not None:
                return found * Integer(int(np.sign(wanted[0])))
    return _sum(wanted, places)


def _sum(wanted: NDArray[np.float64], places: Sequence[Place]) -> Expr | None:
    """A sum of two hyperparameters with rational factors: what is added under a root may begin there as well."""
    own = [s for s in places[0].question.first.defaults if not s.is_integer]
    for pair in combinations(own, 2):
        columns = np.array([[place.value(s) for s in pair] for place in places]) / wanted[:, None]
        factors = np.linalg.lstsq(columns, np.ones_like(wanted), rcond=None)[0]
        if np.abs(columns @ factors - 1).max() < CLOSE and factors.all():
            rational = [_rational(float(f)) for f in factors]
            if None not in rational:
                return Add(*(f * s for f, s in zip(rational, pair, strict=True) if f is not None))
    return None


def _known(places: Sequence[Place]) -> dict[Expr, NDArray[np.float64]]:
    """Quantities → their logarithms at each place: hyperparameters, what lacks to 1, a step's decay, sizes."""
    found = {e: np.array([place.value(e) for place in places]) for e in _quantities(places[0])}
    with np.errstate(all="ignore"):
        logs = {e: np.log(values) for e, values in found.items()}
    return {e: log for e, log in logs.items() if np.isfinite(log).all() and np.ptp(log) > CLOSE}


def _quantities(place: Place) -> Iterator[Expr]:
    own = place.question.first.defaults
    yield from (s for s in own if not s.is_integer)
    yield from (1 - s for s in own if s.is_nonnegative and place.setting[s] < 1)
    if {lr, weight_decay} <= own.keys():
        yield from (1 - lr * weight_decay, 1 + lr * weight_decay)
    yield from place.question.of_sizes


def _product(wanted: NDArray[np.float64], known: Mapping[Expr, NDArray[np.float64]]) -> Expr | None:
    """The product of powers, and of a number, that has these logarithms."""
    columns = np.stack([*known.values(), np.ones_like(wanted)], axis=1)
    powers = np.linalg.lstsq(columns, wanted, rcond=None)[0]
    halves = np.round(2 * powers[:-1])
    if (halves == 0).any() or np.abs(2 * powers[:-1] - halves).max(initial=0) > 1e-3:
        return None
    rest = wanted - columns[:, :-1] @ (halves / 2)
    if np.ptp(rest) > CLOSE or (factor := _rational(float(np.exp(rest.mean())))) is None:
        return None
    return Mul(factor, *(e ** Rational(int(h), 2) for e, h in zip(known, halves, strict=True)))


def _rational(number: float) -> Rational | None:
    near = Fraction(number).limit_denominator(LARGEST)
    return Rational(near.numerator, near.denominator) if abs(near / Fraction(number) - 1) < CLOSE else None
