"""Rates in narrow formats, and long runs: within what rounding explains, and never standing still."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import torch
from torch import Tensor

from lawful.properties.promises import Said
from lawful.properties.schedules.course import Set
from lawful.properties.schedules.driving import METRICS, Bench
from lawful.properties.schedules.groups import BASES
from lawful.properties.schedules.promise import promise
from lawful.properties.schedules.rates import owes_tensors
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Severity
from lawful.verify.language.schedule import Values

NARROW = (torch.float32, torch.bfloat16)

LONG, TIMES = 500, 125
"""How many steps a long run has, and how many times the lengths of the first setting its own are."""


def _long(scheduler: Scheduler) -> Iterator[Values]:
    """The first setting, with longer lengths."""
    first = next(scheduler.settings())
    formula = scheduler.schedule.of(first)[0]
    lengths = {word for word in scheduler.bound if any(s.name == word for s in formula.length.free_symbols)}
    yield {n: value * TIMES if n in lengths else value for n, value in first.items()}


def _lasting(bench: Bench) -> Bench:
    """The same for as long as a long run is."""
    return replace(bench, longest=LONG, metrics=METRICS * (LONG // len(METRICS)))


@promise(formats=NARROW)
def scheduled_format(bench: Bench) -> Said:
    """A rate in float32 or bfloat16 stays in its format, and is what the schedule says, within what rounding in that
    format explains: of torch's schedulers, and of what is derived from them."""
    yield from _departs(bench)


@promise(at=_long, formats=(None, *NARROW))
def long_run(bench: Bench) -> Said:
    """In a long run rates are what the schedule says, within what the roundings of all its steps explain, as numbers
    and, of torch's schedulers, in float32 and bfloat16."""
    yield from _departs(_lasting(bench))


def _departs(bench: Bench) -> Said:
    """Where the first group departs from its schedule; in a format, only as far as numbers keep to it."""
    if bench.dtype is not None:
        owes_tensors(bench)
    for step, law in enumerate(bench.expected(BASES[0])):
        bench.step() if step else bench.begin()
        if said := _departure(bench, law):
            if bench.dtype is None or _keeps(replace(bench, dtype=None), step):
                yield f"{said} after {step} steps", bench.script(step)
            return


def _keeps(numbers: Bench, step: int) -> bool:
    """Whether a rate that is a number is what it is to be after so many steps."""
    numbers.begin().run(step)
    return not _departure(numbers, next(islice(numbers.expected(BASES[0]), step, None)))


def _departure(bench: Bench, law: Set) -> str:
    """What is said of the first group's rate, if it is not what it is to be."""
    held = bench.optimizer.param_groups[0]["lr"]
    if bench.dtype is not None and not (isinstance(held, Tensor) and held.dtype is bench.dtype):
        return f"makes {held!r} of a rate in {bench.dtype}"
    if law.rate is None or abs(law.rate.value - bench.rates[0]) <= law.rate.error:
        return ""
    where = "" if bench.dtype is None else f" in {bench.dtype}"
    due = f"{float(law.rate.value)!r} ± {law.rate.error:.2g}"
    return f"sets a rate{where} to {bench.rates[0]!r}, where it is {due},"


@promise(at=_long, formats=NARROW, severity=Severity.EXTRA)
def rate_moves(bench: Bench) -> Said:
    """In a long run a rate in float32 or bfloat16 does not stand still where the formula, computed in that format,
    moves, and a number does too."""
    owes_tensors(bench)
    run = _lasting(bench)
    stands = [stand for stand in _stands(run) if stand.low > stand.high]
    if stands and not any(stand.low > stand.high for stand in _stands(replace(run, dtype=None))):
        worst = max(stands, key=lambda stand: abs(stand.law - stand.rate))
        said = f"stands still at {worst.rate!r} in {bench.dtype} from step {worst.since} to {worst.until}"
        yield f"{said}, where the schedule is {worst.law:.6g}", run.script(worst.until)


@dataclass(frozen=True)
class Stand:
    """Steps in which a rate stays the same.

    Attributes:
        since, until: the first and the last.
        rate: what it stays at.
        law: what the schedule says at the last.
        low, high: what the formula may give in that format at each of them; low > high if that is nothing.
    """

    since: int
    until: int
    rate: float
    law: float
    low: float
    high: float

    def with_(self, later: "Stand") -> "Stand":
        """Both, one after the other."""
        low, high = max(self.low, later.low), min(self.high, later.high)
        return replace(later, since=self.since, low=low, high=high)


def _stands(bench: Bench) -> Iterator[Stand]:
    """The steps of a run, those together at which the first group's rate is the same."""
    last: Stand | None = None
    for step, law in enumerate(bench.expected(BASES[0])):
        bench.step() if step else bench.begin()
        if law.rate is None:
            break
        rate, value = bench.rates[0], float(law.rate.value)
        here = Stand(step, step, rate, value, value - law.formula, value + law.formula)
        if last is not None and last.rate != rate:
            yield last
        last = last.with_(here) if last is not None and last.rate == rate else here
    if last is not None:
        yield last
