"""A scheduler's state: kept, given back, and used again."""

import io
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch

from lawful.properties.promises import Said
from lawful.properties.schedules.driving import Bench
from lawful.properties.schedules.groups import BASES
from lawful.properties.schedules.promise import promise
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Severity
from lawful.verify.language.schedule import Part


@promise()
def resumed_schedule(bench: Bench) -> Said:
    """Resumed after any step, by `load_state_dict` into a fresh scheduler of a fresh optimizer, in either order, the
    rates are those of a run that went on."""
    whole = [bench.begin().rates, *bench.run(bench.last)]
    for stop, kept in _interrupted(bench):
        for name, order in ORDERS.items():
            again = _resumed(bench, stop, kept, order)
            if (found := [again.rates, *again.run(bench.last - stop)]) != whole[stop:]:
                step = stop + next(
                    i for i, pair in enumerate(zip(found, whole[stop:], strict=True)) if pair[0] != pair[1]
                )
                rates = f"{found[step - stop][0]!r} and not {whole[step][0]!r}"
                yield (
                    f"resumed after {stop} steps, {name} first, has {rates} after {step}",
                    bench.script(stop),
                )
                return


Kept = tuple[Mapping[str, Any], Mapping[str, Any]]
Order = Callable[[Bench, Mapping[str, Any], Mapping[str, Any]], None]


def _optimizer_first(bench: Bench, optimizer: Mapping[str, Any], scheduler: Mapping[str, Any]) -> None:
    bench.optimizer.load_state_dict(dict(optimizer))
    bench.made.load_state_dict(scheduler)


def _scheduler_first(bench: Bench, optimizer: Mapping[str, Any], scheduler: Mapping[str, Any]) -> None:
    bench.made.load_state_dict(scheduler)
    bench.optimizer.load_state_dict(dict(optimizer))


ORDERS: Mapping[str, Order] = {"the optimizer": _optimizer_first, "the scheduler": _scheduler_first}


def _interrupted(bench: Bench) -> Iterator[tuple[int, Kept]]:
    """The states of the optimizer and of the scheduler after each of the stops."""
    run, done = replace(bench).begin(), 0
    for stop in bench.stops:
        run.run(stop - done)
        yield stop, deepcopy((run.optimizer.state_dict(), run.made.state_dict()))
        done = stop


def _resumed(bench: Bench, stop: int, kept: Kept, order: Order) -> Bench:
    fresh = replace(bench).begin()
    order(fresh, *deepcopy(kept))
    fresh.done = stop
    return fresh


def _counts_on(scheduler: Scheduler) -> bool:
    """Whether it can be told the last step, and has no parts, each of which would have to be told too."""
    parts = [v for values in scheduler.settings() for v in values.values() if isinstance(v, tuple)]
    return scheduler.counts_on and not any(isinstance(each, Part) for part in parts for each in part)


@promise(severity=Severity.EXTRA, applies=_counts_on)
def resumed_by_last_epoch(bench: Bench) -> Said:
    """Constructed with `last_epoch=k − 1`, of an optimizer that holds the rates of step k, a scheduler leaves them, and
    goes on from there."""
    laws = [list(bench.expected(base)) for base in BASES]
    for stop in (step for step in bench.stops if step):
        before = replace(bench).begin()
        before.run(stop)
        again = replace(bench).begin(deepcopy(before.optimizer.state_dict()), last_epoch=stop - 1)
        again.done = stop
        for step, rates in enumerate([again.rates, *again.run(bench.last - stop)], start=stop):
            for law, rate in zip(laws, rates, strict=True):
                due = law[step].rate
                if due is not None and not abs(due.value - rate) <= due.error:
                    told = f"with last_epoch={stop - 1} after {stop} steps"
                    said = f"{told} has {rate!r} in step {step}, and not {float(due.value)!r}"
                    yield said, bench.script(stop, then=_lines(bench, stop, step))
                    return


def _lines(bench: Bench, stop: int, step: int) -> str:
    """Lines that put another scheduler in the place of the first."""
    made = next(line for line in bench.script(0).splitlines() if line.startswith("scheduler = "))
    steps = f"for step in range({stop}, {step}): optimizer.step(); {bench.stepping}"
    return f"{made.removesuffix(')')}, last_epoch={stop - 1})\n{steps}"


@promise()
def schedule_state(bench: Bench) -> Said:
    """A `state_dict` is loaded as often as one likes, and loading does not change it."""
    bench.begin().run(2)
    kept = deepcopy(bench.made.state_dict())
    given, lines = deepcopy(kept), bench.script(2, "state.keys()", TWICE)
    for time in ("once", "twice"):
        try:
            replace(bench).begin().made.load_state_dict(given)
        except Exception as error:
            yield f"cannot load a state_dict {time}: {type(error).__name__}: {error}", lines
            return
        if given.keys() != kept.keys():
            lost = ", ".join(sorted(kept.keys() ^ given.keys()))
            yield f"takes {lost} out of the state_dict that it loads", lines
            return


TWICE = "state = scheduler.state_dict(); scheduler.load_state_dict(state); scheduler.load_state_dict(state)"


@promise()
def schedule_saved(bench: Bench) -> Said:
    """A `state_dict` is saved and read by torch with `weights_only=True`."""
    bench.begin().run(2)
    file = io.BytesIO()
    try:
        torch.save(bench.made.state_dict(), file)
        file.seek(0)
        torch.load(file, weights_only=True)
    except Exception as error:
        said = str(error).strip().splitlines()[0][:120]
        shown = "torch.load('state.pt', weights_only=True)"
        lines = bench.script(2, shown, "torch.save(scheduler.state_dict(), 'state.pt')")
        yield f"has a state_dict that is not: {type(error).__name__}: {said}", lines


@promise()
def schedule_state_apart(bench: Bench) -> Said:
    """A scheduler that has loaded a state shares nothing with the one whose state it is: what one does next, the other
    does not see."""
    first = replace(bench).begin()
    first.run(1)
    second = replace(bench).begin()
    second.made.load_state_dict(first.made.state_dict())
    before = deepcopy(_told(second.made.state_dict()))
    first.run(min(3, bench.last - 1))
    after = _told(second.made.state_dict())
    if changed := [name for name in before if after.get(name) != before[name]]:
        yield f"shares {', '.join(changed)} with the scheduler whose state it has loaded", first.script(1)


def _told(state: Mapping[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in state.items()}
