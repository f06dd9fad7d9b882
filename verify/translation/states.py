"""What the second rule's state is in terms of the first's: a factor of one of its tensors, or a sum of two such."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from sympy import Add, Expr, Integer, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.oracle.quick import Array
from lawful.verify.provers.algebra.unroll import relevant
from lawful.verify.translation.formulas import formula
from lawful.verify.translation.question import Place

CLOSE = 1e-7
"""The share of a state up to which two are one."""


def states(places: Sequence[Place], second: Rule) -> Mapping[Symbol, Expr] | None:
    """State of the second rule, set to do what the first does → what it is in terms of the first's; None if not found.

    Args:
        places: settings of the first rule.
        second: the second, in the first's hyperparameters.
    """
    needed = [s for s in relevant(second) if s != x]
    found = {s: _meaning(places, second, s) for s in needed}
    return None if None in found.values() else {s: e for s, e in found.items() if e is not None and e != s}


def _meaning(places: Sequence[Place], second: Rule, symbol: Symbol) -> Expr | None:
    """One state, as the first sum of one or two of the first rule's tensors that it is everywhere."""
    for chosen in _sums(places[0], symbol):
        weights = [_weights(place, second, symbol, chosen) for place in places]
        if any(w is None for w in weights):
            continue
        parts = [formula([w[k] for w in weights if w is not None], places) for k in range(len(chosen))]
        if None not in parts:
            return Add(*(p * s for p, s in zip(parts, chosen, strict=True) if p is not None))
    return None


def _sums(place: Place, symbol: Symbol) -> Iterator[tuple[Expr, ...]]:
    """Tensors to try: its namesake first, the number 1 and the weight last."""
    known = [*place.question.first.state, Integer(1), x]
    known.sort(key=lambda s: s != symbol)
    yield from ((s,) for s in known)
    yield from combinations(known, 2)


def _weights(place: Place, second: Rule, symbol: Symbol, chosen: Sequence[Expr]) -> Any:
    """The weights with which these tensors make the state, in all lanes and steps; None if there are none."""
    wanted = place.run(second, place.setting, read=symbol).ravel()
    columns = np.stack([_tensor(place, s).ravel() for s in chosen], axis=1)
    size = np.linalg.norm(columns, axis=0)
    if not (np.isfinite(columns).all() and np.isfinite(wanted).all() and size.all()):
        return None
    weights = np.linalg.lstsq(columns / size, wanted, rcond=None)[0] / size
    gap = np.abs(columns @ weights - wanted).max()
    return weights if gap <= CLOSE * np.abs(wanted).max() else None


def _tensor(place: Place, symbol: Expr) -> Array:
    if symbol == 1:
        return np.ones_like(place.wanted)
    return place.run(place.question.first, place.setting, read=symbol)
