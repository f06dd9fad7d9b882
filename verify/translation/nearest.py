"""The nearest setting where none is the same, found by running both rules; nothing is proved of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import least_squares
from sympy import Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.translation.answer import Nearest
from lawful.verify.translation.fitting import Setting, apart, starts
from lawful.verify.translation.question import Place, Question

TRIED = 40


def nearest(question: Question, setting: Mapping[Symbol, float]) -> Nearest:
    """Of the settings that are found, the one that stays nearest, in the mean square of steps.

    Args:
        question: of which rules.
        setting: of the first.
    """
    known = {s: float(np.nan_to_num(setting[s], nan=1e-3)) for s in question.first.defaults}
    place = Place(question, known, seed=1)
    found = [one for start in starts(place, ()) for one in (start, _better(place, start))]
    best = min(found, key=lambda one: float((apart(place, one) ** 2).mean()))
    return _told(place, best)


def _better(place: Place, start: Setting) -> Setting:
    """A setting nearer than this one, within the domains."""
    free = place.question.unknown
    if not free:
        return start
    first = np.array([start[s] for s in free])
    ends = np.array([_ends(place, s) for s in free]).T
    inside = np.clip(first, ends[0] + 1e-12, ends[1] - 1e-12)
    found = least_squares(
        lambda u: apart(place, {**start, **dict(zip(free, u, strict=True))}),
        inside,
        bounds=(ends[0], ends[1]),
        x_scale=np.maximum(np.abs(inside), 1e-9),
        max_nfev=TRIED,
    )
    return {**start, **dict(zip(free, map(float, found.x), strict=True))}


def _ends(place: Place, symbol: Symbol) -> tuple[float, float]:
    domain = place.question.second.domain(symbol)
    return domain.low, domain.high


def _told(place: Place, setting: Setting) -> Nearest:
    gaps = np.abs(apart(place, setting)).reshape(len(place.wanted), -1)
    lane = int(gaps.max(0).argmax())
    start, gradients = place.inputs[0].ravel(), place.inputs[1].reshape(len(gaps), -1)
    runs = (place.run(rule, hyper) for rule, hyper in _both(place, setting))
    steps = tuple(float(run.reshape(len(run), -1)[0, lane] - start[lane]) for run in runs)
    what = "a matrix" if place.question.whole else f"{place.wanted[0].size} elements"
    return Nearest(
        {s.name: value for s, value in setting.items()},
        float(gaps.max()),
        float(gradients[0, lane]),
        (steps[0], steps[1]),
        f"{len(gaps)} steps of {what}, gradients from 1e-3 to 10",
    )


def _both(place: Place, setting: Setting) -> Sequence[tuple[Rule, Setting]]:
    return ((place.question.first, place.setting), (place.question.second, setting))
