"""Rates that a scheduler sets: never nonsense, of the same kind as they were, and nothing beside them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite

import torch
from torch.nn import Parameter
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from lawful.properties.promises import NotOwedError, RaisedError, Said
from lawful.properties.schedules.driving import RATES, TIMES, Bench, SchedulerRaisedError
from lawful.properties.schedules.groups import BASES, held
from lawful.properties.schedules.promise import promise
from lawful.properties.schedules.rounding import Rounded
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Severity


@promise(pure=True)
def sensible_rates(bench: Bench) -> Said:
    """Every rate is finite and not negative, to three times the length or the last step that the schedule speaks of."""
    bench.begin()
    for step in range(bench.last + 1):
        if wrong := _nonsense(bench):
            yield wrong, bench.script(step)
            return
        if step < bench.last:
            bench.step()


def _nonsense(bench: Bench) -> str:
    """What is said of a rate that no optimizer can use; "" if there is none."""
    wrong = [rate for rate in bench.rates if not (isfinite(rate) and rate >= 0)]
    return f"sets the rate to {wrong[0]!r} after {bench.done} steps" if wrong else ""


@promise(applies=lambda scheduler: scheduler.schedule.printed().last is not None)
def after_the_end(bench: Bench) -> Said:
    """What comes after the last step that the schedule speaks of is refused, or no rate beyond those before."""
    rates = [bench.begin().rates, *bench.run(bench.last)]
    lows, highs = [min(of) for of in zip(*rates, strict=True)], [max(of) for of in zip(*rates, strict=True)]
    try:
        bench.step()
    except RaisedError:
        return
    for low, rate, high in zip(lows, bench.rates, highs, strict=True):
        if not low <= rate <= high:
            said = f"sets the rate to {rate!r} after {bench.done} steps, where its last was {low!r}"
            yield said, bench.script(bench.done)
            return


@promise(
    at=Scheduler.edges,
    severity=Severity.EXTRA,
    applies=lambda scheduler: any(True for _ in scheduler.edges()),
    pure=True,
)
def degenerate_lengths(bench: Bench) -> Said:
    """A length that leaves nothing to do is refused by a ValueError as the scheduler is constructed, or leads to rates
    that are finite and not negative."""
    try:
        bench.begin()
        for _ in range(TIMES):
            bench.step()
            if wrong := _nonsense(bench):
                yield wrong, bench.script(bench.done)
                return
    except SchedulerRaisedError as error:
        if not isinstance(error.__cause__, ValueError):
            yield str(error), bench.script(error.step)


def owes_tensors(bench: Bench) -> None:
    """Asks whether what is made promises what becomes of tensors.

    Raises:
        NotOwedError: it does not.
    """
    if not isinstance(bench.begin().made, LRScheduler | ReduceLROnPlateau):
        raise NotOwedError("is none of torch's LRScheduler, which promise what becomes of tensors")


@promise(formats=(torch.float64,))
def scheduled_tensor(bench: Bench) -> Said:
    """A rate that is a tensor stays that tensor, holds what a number would, and is shared with no other group: torch's
    schedulers, and what is derived from them, promise it."""
    numbers = replace(bench, dtype=None)
    owes_tensors(bench)
    for step, expected in enumerate(zip(*map(bench.expected, BASES), strict=True)):
        for run in (bench, numbers):
            run.step() if step else run.begin()
        groups = bench.optimizer.param_groups
        if any(group["lr"] is not rate for group, rate in zip(groups, bench.given, strict=True)):
            yield f"puts another object in the place of the tensor, after {step} steps", bench.script(step)
            return
        there = [id(group[name]) for group in groups for name in ("lr", "initial_lr") if name in group]
        if len(set(there)) < len(there):
            yield f"lets two rates share a tensor, after {step} steps", bench.script(step)
            return
        for law, rate, number in zip(expected, bench.rates, numbers.rates, strict=True):
            if law.rate is not None and not abs(number - rate) <= 2 * law.rate.error:
                said = f"sets a tensor to {rate!r} after {step} steps, and a number to {number!r}"
                yield said, bench.script(step)
                return


@promise()
def touches_nothing_else(bench: Bench) -> Said:
    """Beside the rates, and momentum where the schedule speaks of it, a scheduler leaves the groups and the defaults of
    the optimizer as they were."""
    fresh = bench.fresh()
    moved = {"lr", "initial_lr", *(("betas", "momentum") if bench.formula.momentum is not None else ())}
    bench.begin().run(min(bench.length, bench.last))
    for group, kept in zip(bench.optimizer.param_groups, map(held, fresh.param_groups), strict=True):
        if changed := [name for name in kept.keys() - moved if group.get(name, moved) != kept[name]]:
            said = f"changes {', '.join(sorted(changed))} of a group"
            yield said, bench.script(bench.length, "optimizer.param_groups")
            return
    if bench.optimizer.defaults != fresh.defaults:
        yield "changes the defaults of the optimizer", bench.script(bench.length, "optimizer.defaults")


@promise(severity=Severity.EXTRA, applies=lambda scheduler: not scheduler.schedule.printed().fed)
def rate_set_by_hand(bench: Bench) -> Said:
    """A rate that is set by hand in mid-run, to half of the schedule's largest, leads to none that is larger than that
    one, or goes on in proportion to the schedule."""
    law = [each.rate for each in bench.expected(BASES[0]) if each.rate is not None]
    half = float(max(each.value for each in law)) / 2
    for stop in bench.stops[1:-1]:
        run = replace(bench).begin()
        run.run(stop)
        for group in run.optimizer.param_groups:
            group["lr"] = half
        later = [half, *(rates[0] for rates in run.run(bench.last - stop))]
        if grown := _grown(later, law[stop:], half * 2):
            hand = f"for group in optimizer.param_groups: group['lr'] = {half!r}"
            steps = f"for step in range({stop}, {bench.last}): {run.stepping}; print({RATES})"
            said = f"makes {grown!r} of a rate that is set to {half!r} after {stop} steps"
            yield f"{said}; its own largest is {half * 2!r}", bench.script(stop, then=f"{hand}\n{steps}")
            return


def _grown(rates: Sequence[float], law: Sequence[Rounded], largest: float) -> float:
    """The largest rate, if one is beyond the schedule's largest by a growth that is not the schedule's own; else 0."""
    for (before, last), (rate, now) in pairwise(zip(rates, law, strict=True)):
        if rate > largest + now.error and rate * (last.value - last.error) > before * (now.value + now.error):
            return max(rates)
    return 0.0


STUCK = (1.0, 0.0, -1.0, float("inf"), float("-inf"), float("nan"))


@promise(severity=Severity.EXTRA, applies=lambda scheduler: scheduler.schedule.printed().fed)
def equal_is_not_better(bench: Bench) -> Said:
    """A metric that stays the same, whatever it is, lets the rate fall."""
    for metric in STUCK:
        stuck = replace(bench, metrics=(metric,) * 40).begin()
        before = stuck.rates[-1]
        if not any(rates[-1] < before for rates in stuck.run(30)):
            loop = f"for step, metric in enumerate([float('{metric}')] * 30): optimizer.step()"
            steps = f"{loop}; {stuck.stepping}"
            yield f"never lets the rate fall where every metric is {metric}", bench.script(0, then=steps)
            return


BAD = {"min": 1e3, "max": -1e3}
"""What is worse than every metric that is given, by what is better."""


@promise(severity=Severity.EXTRA, applies=lambda scheduler: scheduler.schedule.printed().fed)
def bad_metric_is_forgotten(bench: Bench) -> Said:
    """A single metric that is no number, or as bad as can be, counts as one that is worse than all, and is forgotten as
    that one is."""
    at, bad = 4, BAD[bench.values["mode"]]
    given = list(bench.metrics)
    due = replace(bench, metrics=(*given[:at], bad, *given[at:-1])).begin().run(len(given))
    for metric in (float("nan"), bad * float("inf")):
        metrics = (*given[:at], metric, *given[at:-1])
        run = replace(bench, metrics=metrics).begin()
        rates = run.run(len(given))
        if rates != due:
            step = next(
                step for step, pair in enumerate(zip(rates, due, strict=True), 1) if pair[0] != pair[1]
            )
            said = f"sets the rate to {rates[step - 1][0]!r} after {step} steps if metric {at + 1} is {metric}, and to "
            loop = f"for step, metric in enumerate({list(map(str, metrics[:step]))}): metric = float(metric)"
            yield (
                f"{said}{due[step - 1][0]!r} if it is {bad}",
                bench.script(0, then=f"{loop}; {run.stepping}"),
            )
            return


LATE = 0.5
"""The rate of a group that comes late."""


@promise(severity=Severity.EXTRA, applies=lambda scheduler: not scheduler.schedule.printed().fed)
def scheduled_late_group(bench: Bench) -> Said:
    """A group that is added in mid-run is refused, or its rate moves when those of the others do, which go on as they
    would have."""
    whole = [bench.begin().rates, *bench.run(bench.last)]
    for stop in sorted({min(1, bench.last), min(max(bench.length // 2, 1), bench.last)}):
        run = replace(bench).begin()
        run.run(stop)
        run.optimizer.add_param_group({"params": [Parameter(torch.ones(2))], "lr": LATE})
        try:
            later = run.run(bench.last - stop)
        except RaisedError:
            continue
        if wrong := _late(later, whole[stop:], f"a group that is added after {stop} steps"):
            added = f"optimizer.add_param_group({{'params': [torch.zeros(2)], 'lr': {LATE}}})"
            steps = f"for step in range({stop}, {bench.last}): {run.stepping}; print({RATES})"
            yield wrong, bench.script(stop, then=f"{added}\n{steps}")
            return


def _late(seen: Sequence[Sequence[float]], whole: Sequence[Sequence[float]], late: str) -> str:
    """What is wrong with the rates of all groups, the last of which is late, beside those without it; "" if nothing."""
    if [list(rates[:-1]) for rates in seen] != list(whole[1:]):
        return f"sets other rates of the others, with {late}"
    moved = any(rates != whole[0] for rates in whole[1:])
    stays = all(rates[-1] == LATE for rates in seen)
    return f"lets {late} stay at its rate, while the others move" if moved and stays else ""
