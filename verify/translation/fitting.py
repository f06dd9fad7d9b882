"""The setting with which the second rule comes nearest to the first, as numbers: least squares over a few steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from math import isclose

import numpy as np
from scipy.optimize import least_squares
from sympy import Symbol

from lawful.verify.oracle.quick import Array
from lawful.verify.translation.question import Place

Setting = Mapping[Symbol, float]

SAME = 1e-8
"""The share of a step up to which two runs in float64 are one."""

NEAR = 1e-4
"""The share of a step by which everything changed at once may be off where something does the same."""

MOST = 3
"""How many hyperparameters are changed at once."""

TRIED = 25
"""How often least squares looks anew."""

AGAIN = 3
"""How often it begins anew where it ended, with what is small there as the measure of what is small."""

BRIEF = 4
"""Steps that are looked at first."""

NOWHERE = 1e3
"""What a weight that is no number is off by, in steps."""


def apart(place: Place, *settings: Setting) -> Array:
    """How far the second rule's weights are from the first's, in steps of it; with a setting for all steps, or each."""
    steps = settings * len(place.wanted) if len(settings) == 1 else settings
    with np.errstate(all="ignore"):
        gap = (place.along(place.question.second, steps) - place.wanted) / place.scale
    return np.nan_to_num(gap, nan=NOWHERE, posinf=NOWHERE, neginf=-NOWHERE).ravel()


def same(place: Place, *settings: Setting) -> bool:
    """Whether the second rule, so set, does what the first does here."""
    return bool(np.abs(apart(place, *settings)).max() < SAME)


def fitted(place: Place, free: Sequence[Symbol], start: Setting) -> Setting:
    """The setting from `start` on in which the free hyperparameters bring the second rule nearest.

    Where that is none that is allowed, once more behind a wall, which keeps a search within the domain,
    but off its border.
    """
    if not free:
        return start
    found = _nearest(place, free, start, lambda _: True)
    return found if allowed(place, found) else _nearest(place, free, start, partial(allowed, place))


def _nearest(place: Place, free: Sequence[Symbol], start: Setting, may: Callable[[Setting], bool]) -> Setting:
    first = np.array([start[s] for s in free])

    def gaps(numbers: Array) -> Array:
        setting = {**start, **dict(zip(free, numbers, strict=True))}
        return apart(place, setting) if may(setting) else np.full(place.wanted.size, NOWHERE)

    found = least_squares(
        gaps,
        first,
        method="lm",
        x_scale=np.where(first == 0, 0.1, np.abs(first)),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=TRIED,
    )
    return {**start, **{s: _rounded(value) for s, value in zip(free, found.x, strict=True)}}


def _rounded(value: float) -> float:
    return 0.0 if abs(value) < SAME else float(value)


def allowed(place: Place, setting: Setting) -> bool:
    """Whether every hyperparameter of the second rule is where it may be."""
    second = place.question.second
    return all(s.is_integer or setting[s] in second.domain(s) for s in place.question.unknown)


def solutions(place: Place) -> Iterator[tuple[tuple[Symbol, ...], Setting]]:
    """(what is changed, a setting that does the same), the fewest changes first.

    What moves when everything may move and the rules become one is all that may have to be changed.
    """
    brief = replace(place, steps=min(BRIEF, place.question.steps))
    for start in starts(place, ()):
        soon = _soon(brief, start)
        if soon is None:
            continue  # what parts soon parts
        found = fitted(place, place.question.unknown, soon)
        if not (near(place, start) or near(place, found)):
            continue
        moved = [s for s in place.question.unknown if not isclose(start[s], found[s], rel_tol=1e-6)]
        yield from _within(place, moved)


def _soon(brief: Place, start: Setting) -> Setting | None:
    """A setting that is near for a few steps; where a search ended far off, once more from there."""
    for _ in range(AGAIN):
        start = fitted(brief, brief.question.unknown, start)
        if near(brief, start):
            return start
    return None


def _within(place: Place, moved: Sequence[Symbol]) -> Iterator[tuple[tuple[Symbol, ...], Setting]]:
    counts = dict.fromkeys((*range(min(MOST, len(moved)) + 1), len(moved)))
    for free in (free for count in counts for free in combinations(moved, count)):
        for start in starts(place, free):
            setting = fitted(place, free, start)
            if allowed(place, setting) and same(place, setting):
                yield free, setting


def near(place: Place, setting: Setting) -> bool:
    """Whether a setting may become one that does the same."""
    return bool(np.sqrt((apart(place, setting) ** 2).mean()) < NEAR)


def starts(place: Place, free: Sequence[Symbol]) -> Iterator[Setting]:
    """Settings to start from: what both have is the same; what the second alone has is off, on, or its default."""
    choices = {s: _values(place, s, s in free) for s in place.question.second.defaults}
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def _values(place: Place, symbol: Symbol, free: bool) -> list[float]:
    second = place.question.second
    if symbol in place.setting and (place.setting[symbol] or not free):
        return [place.setting[symbol]]
    usual = second.domain(symbol).values[0]
    if free:
        return [usual]
    own = [second.defaults[symbol], 0.0, 1.0] if not symbol.is_integer else [second.defaults[symbol]]
    return [v for v in dict.fromkeys(own) if v in second.domain(symbol)] or [usual]
