"""The setting with which the second rule does what the first does, as formulas in the first's hyperparameters."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sympy import Expr, Symbol, nsimplify

from lawful.verify.translation.fitting import Setting, allowed, fitted, same, solutions, starts
from lawful.verify.translation.formulas import formula
from lawful.verify.translation.question import Place

Formulas = Mapping[Symbol, Expr]
"""Hyperparameter of the second rule → what it must be, in those of the first."""

TRIED = 6
"""How many solutions at one place are tried at the others."""


def settings(places: Sequence[Place]) -> Iterator[Formulas]:
    """Settings that do the same at all places, the fewest changes first."""
    first, *others = places
    for free, setting in islice(solutions(first), TRIED):
        more = [_elsewhere(place, free, setting) for place in others]
        if all(more) and (found := _formulas(places, free, [setting, *filter(None, more)])):
            yield found


def _elsewhere(place: Place, free: Sequence[Symbol], like: Setting) -> Setting | None:
    """A setting that does the same at another place, changed in the same hyperparameters."""
    kept = {s: v for s, v in like.items() if s not in {*free, *place.setting}}
    for start in starts(place, free):
        setting = fitted(place, free, {**start, **kept})
        if allowed(place, setting) and same(place, setting):
            return setting
    return None


def _formulas(places: Sequence[Place], free: Sequence[Symbol], found: Sequence[Setting]) -> Formulas | None:
    """Formulas through the numbers of each place."""
    result = {s: _formula(places, s, [setting[s] for setting in found], s in free) for s in found[0]}
    return None if None in result.values() else {s: e for s, e in result.items() if e is not None}


def _formula(places: Sequence[Place], symbol: Symbol, values: Sequence[float], free: bool) -> Expr | None:
    if free:
        return formula(values, places)
    if symbol not in places[0].setting:
        return nsimplify(values[0], rational=True)
    return symbol if places[0].setting[symbol] else nsimplify(0)
