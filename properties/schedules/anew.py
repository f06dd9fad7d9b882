"""A scheduler that is made of an optimizer which has had one before."""

from itertools import islice

from lawful.properties.promises import Said, calling
from lawful.properties.schedules.course import course
from lawful.properties.schedules.driving import RATES, Bench
from lawful.properties.schedules.promise import promise
from lawful.verify.evidence import Severity


@promise(severity=Severity.EXTRA, applies=lambda scheduler: not scheduler.schedule.printed().fed)
def scheduled_anew(bench: Bench) -> Said:
    """A scheduler that is made of an optimizer which another has driven begins with the rates that are there, and not
    with those of the first."""
    first = bench.begin()
    first.run(stop := min(max(bench.length // 2, 1), bench.last))
    there = first.rates
    first.made = calling(lambda: bench.scheduler.make(first.optimizer, bench.values), "when it is made again")
    first.done = 0
    laws = [islice(course(*bench.written, base), bench.last + 1) for base in there]
    for step, expected in enumerate(zip(*laws, strict=True)):
        if step:
            first.step()
        for law, base, rate in zip(expected, there, first.rates, strict=True):
            if law.rate is not None and not abs(law.rate.value - rate) <= law.rate.error:
                made = f"made anew after {stop} steps, where the rate is {base!r}"
                said = f"{made}, sets it to {rate!r} after {step} more, and not to {float(law.rate.value)!r}"
                yield said, bench.script(stop, then=_lines(bench, step))
                return


def _lines(bench: Bench, steps: int) -> str:
    """Lines that make the scheduler again, and step it."""
    made = next(line for line in bench.script(0).splitlines() if line.startswith("scheduler = "))
    return f"print({RATES})\n{made}\nfor step in range({steps}): optimizer.step(); {bench.stepping}"
