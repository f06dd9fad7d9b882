"""Which schedule, with which conventions, a scheduler follows, whatever it is called.

It is run at several settings of its arguments. What it may follow is sorted in plain float64 by how much of the rates
it leaves unexplained; the bound of what rounding explains judges the nearest. What needs fewest constants is tried
first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from lawful.properties.schedules.course import course
from lawful.properties.schedules.driving import METRICS
from lawful.properties.schedules.floats import Array, line
from lawful.properties.schedules.groups import BASES
from lawful.properties.schedules.hypotheses import SET, Hypothesis, hypotheses
from lawful.properties.schedules.watching import Watch, Watched
from lawful.verify.candidates.loading import given, looked_up
from lawful.verify.candidates.refusing import refuse_arguments
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.language.schedules import schedules
from lawful.verify.variants.identity import Identity, Match

CLOSE = 1e-9
"""The unexplained share up to which a hypothesis is judged."""

EQUAL = 1e-11
"""What of a rate is no difference, in plain float64."""

FEW, MANY = 5, 200
"""The first steps of the first run, and how many hypotheses they leave."""

SIEVED, LEAST = 24, 2
"""How many the whole of the first run leaves; how many are judged at least."""

RESTING = 0.5
"""The momentum of those that let it be."""


def identified(
    target: Any, arguments: Mapping[str, Any], names: Mapping[str, str] | None = None, seed: int = 0
) -> Identity:
    """Which schedule a scheduler follows, as `lawful identify` asks; nothing here is drawn with the seed.

    Raises:
        Unanswerable: an unknown target or argument, or a scheduler that refuses every run.
    """
    start, maker = perf_counter(), looked_up(target)
    watch = Watch(maker, given(arguments), names or {})
    refuse_arguments((*watch.names.values(), *watch.arguments), maker.__name__, watch.parameters)
    found, searched = _searched(watch, watch.runs())
    called = target if isinstance(target, str) else maker.__name__
    fits = [match for match, _ in sorted(found, key=lambda pair: pair[1].plainness) if match.fits]
    same = {match.words: "not told apart by these runs" for match in fits[1:]}
    nearest = next((match for match, _ in found if not match.fits), None)
    seconds = perf_counter() - start
    return Identity(called, fits, same, nearest, searched, seconds=seconds, share_of="rate")


def _searched(watch: Watch, runs: Sequence[Watched]) -> tuple[list[tuple[Match, Hypothesis]], int]:
    """The nearest hypotheses of the fewest constants with which one fits, judged; and how many there were."""
    mattering, found, searched = watch.mattering(runs[0]), list[tuple[Match, Hypothesis]](), 0
    fitting = (each for each in schedules().values() if watch.names.keys() <= each.parameters.keys())
    rates = (each for each in fitting if each.sets == "rate" and not each.pure)
    known = [each for each in rates if runs[0].fed or not each.printed().fed]
    bases = [Scheduler(watch.cls, each, {}, watch.arguments, watch.names) for each in known]
    for constants in range(SET + 1):
        of = [h for base in bases for h in hypotheses(base, mattering, runs[0].arguments, constants)]
        searched += len(of)
        found = sorted([*found, *_judged(of, runs)], key=lambda pair: (not pair[0].fits, pair[0].unexplained))
        if found and found[0][0].fits:
            break
    return found, searched


def _judged(every: Iterable[Hypothesis], runs: Sequence[Watched]) -> Iterator[tuple[Match, Hypothesis]]:
    """The nearest beside what was seen: all that leave next to nothing, and some that leave more."""
    begun = _left(_sorted(every, [runs[0].begun(FEW)], groups=1), MANY)
    left = _left(_sorted(begun, runs[:1], groups=1), SIEVED)
    for place, (share, hypothesis) in enumerate(_sorted(left, runs)):
        if share >= CLOSE and place >= LEAST:
            return
        worst, decided = _worst(hypothesis, runs)
        yield Match(hypothesis.spec, hypothesis.words, worst, share, decided), hypothesis


def _left(ranking: Sequence[tuple[float, Hypothesis]], most: int) -> list[Hypothesis]:
    """The nearest so many, and all others that leave next to nothing unexplained."""
    return [h for place, (share, h) in enumerate(ranking) if share < CLOSE or place < most]


def _sorted(
    every: Iterable[Hypothesis], runs: Sequence[Watched], groups: int = len(BASES)
) -> list[tuple[float, Hypothesis]]:
    shares = [(float(np.mean([unexplained(h, run, groups) for run in runs])), h) for h in every]
    return sorted(shares, key=lambda pair: (round(pair[0], 9), pair[1].plainness))


def unexplained(hypothesis: Hypothesis, run: Watched, groups: int = len(BASES)) -> float:
    """The mean share of the rates of a run, in the first groups, that differs: |a − b|/(|a| + |b|); 1 where the
    schedule says nothing of half the steps, or cannot be worked out."""
    try:
        formula, meaning = hypothesis.formula(run.arguments)
        told = [line(formula, meaning, base, run.steps, METRICS) for base in BASES[:groups]]
    except (ArithmeticError, TypeError, ValueError, KeyError):
        return 1.0
    shares = [_share(seen, law) for seen, law in zip(run.seen.transpose(1, 0, 2), told, strict=False)]
    return float(np.mean(shares))


def _share(seen: Array, law: Array) -> float:
    defined = ~np.isnan(law[0])
    if 2 * defined.sum() < defined.size or np.isinf(law[0]).any():
        return 1.0
    due = np.array([law[0], np.where(np.isnan(law[1]), RESTING, law[1])])[:, defined]
    there = seen[:, defined]
    with np.errstate(all="ignore"):
        gap, size = np.abs(there - due), np.abs(there) + np.abs(due)
        share = np.where(gap <= EQUAL * size, 0.0, gap / size)
    return float(np.nan_to_num(share, nan=1.0).mean())


def _worst(hypothesis: Hypothesis, runs: Sequence[Watched]) -> tuple[float, float]:
    """The largest deviation in units of what rounding explains; and the share of what was seen that is decided."""
    try:
        ratios = [ratio for run in runs for ratio in _ratios(hypothesis, run)]
    except (ArithmeticError, ValueError):
        return inf, 1.0
    decided = [ratio for ratio in ratios if ratio is not None]
    return max(decided, default=inf), len(decided) / max(len(ratios), 1)


def _ratios(hypothesis: Hypothesis, run: Watched) -> Iterator[float | None]:
    formula, meaning = hypothesis.formula(run.arguments)
    for base, (rates, momenta) in zip(BASES, run.seen.transpose(1, 0, 2), strict=True):
        for told, rate, momentum in zip(
            course(formula, meaning, base, METRICS), rates, momenta, strict=False
        ):
            yield None if told.rate is None else told.rate.off(float(rate))
            if told.momentum is not None:
                yield told.momentum.off(float(momentum))
            elif momentum != RESTING and told.rate is not None:
                yield inf
