"""Whether a scheduler sets what its schedule says: at every step, in every group, within what rounding explains."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.promises import RaisedError, measured
from lawful.properties.schedules.course import Set
from lawful.properties.schedules.driving import MOMENTA, RATES, Bench
from lawful.properties.schedules.groups import BASES
from lawful.properties.schedules.rounding import Rounded
from lawful.properties.settings import Settings
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Check, Evidence, Figure, Finding, Series, Severity

TOLD, DRAWN = 8, 2
"""How many settings that fail are told, and how many are drawn."""


@dataclass
class Seen:
    """What was seen at one setting: deviations, what failed and at which step, and the first group's rates."""

    ratios: list[float] = field(default_factory=list)
    finding: Finding | None = None
    departs: int = 0
    rates: list[float] = field(default_factory=list)


def _run(candidate: Scheduler, check: Check, settings: Settings, journal: Journal) -> Evidence:
    benches = [Bench(candidate, values, dtype=candidate.dtype) for values in candidate.settings()]
    if benches[0].formula.momentum is not None:
        benches += [replace(benches[0], adam=True)]
    seen = []
    for bench in benches:
        journal(bench.called)
        seen.append(follow(bench))
        _go_on(bench, seen[-1])
    findings = [each.finding for each in seen if each.finding is not None]
    ratios = [ratio for each in seen for ratio in each.ratios]
    return measured(
        ratios,
        findings[:TOLD],
        scenarios=len(benches),
        unvaried=_unvaried(candidate),
        figures=[_figure(b, each) for b, each in zip(benches, seen, strict=True) if each.finding][:DRAWN],
    )


def _unvaried(candidate: Scheduler) -> list[str]:
    known = {*candidate.bound.values(), *candidate.arguments}
    return [name for name in candidate.parameters if name not in known]


def follow(bench: Bench) -> Seen:
    """A scheduler held against its schedule, from its construction to three times its length."""
    seen = Seen()
    laws = [bench.expected(base) for base in BASES]
    for step, expected in enumerate(zip(*laws, strict=True)):
        try:
            bench.step() if step else bench.begin()
        except RaisedError as error:
            seen.finding = Finding(f"{bench.called} {error}.", script=bench.script(step))
            return seen
        seen.departs = step
        seen.rates.append(bench.rates[0])
        for name, base, rounded, value in _held(bench, expected):
            ratio = rounded.off(value)
            seen.ratios.append(ratio)
            if not ratio <= 1:
                seen.finding = _departure(bench, step, base, name, rounded, value)
                return seen
        if (last := _told(bench.made)) not in (None, bench.rates):
            said = f"{bench.called} says get_last_lr() = {last} after {step} steps; the groups have {bench.rates}."
            seen.finding = Finding(said, script=bench.script(step, "scheduler.get_last_lr()"))
            return seen
    return seen


def _told(scheduler: Any) -> list[float] | None:
    """What `get_last_lr()` says; None of what is no `LRScheduler` and has none."""
    has = hasattr(scheduler, "get_last_lr")
    return [float(rate) for rate in scheduler.get_last_lr()] if has else None


def _held(bench: Bench, expected: tuple[Set, ...]) -> Iterator[tuple[str, float, Rounded, float]]:
    """What the groups hold that the schedule speaks of: name, the group's first rate, the law, what is there."""
    for base, law, rate, momentum in zip(BASES, expected, bench.rates, bench.momenta, strict=True):
        if law.rate is not None:
            yield "the rate", base, law.rate, rate
        if law.momentum is not None:
            yield "momentum", base, law.momentum, momentum


def _departure(bench: Bench, step: int, base: float, name: str, rounded: Rounded, value: float) -> Finding:
    law, error = float(rounded.value), float(rounded.error)
    whose = "" if base == BASES[0] else f", of the group that begins with {base}"
    said = f"{bench.called} sets {name} to {value!r} after {step} steps{whose}, where it is {law!r} ± {error:.2g}."
    return Finding(said, script=bench.script(step, RATES if name == "the rate" else MOMENTA))


def _go_on(bench: Bench, seen: Seen) -> None:
    """What becomes of the rate after it has departed, for the figure."""
    try:
        while seen.finding is not None and bench.done < bench.last:
            bench.step()
            seen.rates.append(bench.rates[0])
    except (RaisedError, AttributeError):  # it raised before, or was never made
        return


def _figure(bench: Bench, seen: Seen) -> Figure:
    """The schedule, what was seen of it, and the step at which that departs."""
    law = [float(each.rate.value) for each in bench.expected(BASES[0]) if each.rate is not None]
    at, steps = seen.departs, [float(step) for step in range(max(len(law), len(seen.rates)))]
    lines = [
        Series("the schedule", steps[: len(law)], law),
        Series("seen", steps[: len(seen.rates)], seen.rates, points=True),
    ]
    marked = [Series(f"departs at step {at}", [float(at)], seen.rates[at : at + 1], points=True)]
    return Figure(bench.called, "step", "rate", [*lines, *(marked if at < len(seen.rates) else [])])


follows_its_schedule = Property(
    "schedule",
    "The rate is what the schedule says, in every group, from the construction to three times its length, and "
    "get_last_lr() says so.",
    _run,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Scheduler,
)
