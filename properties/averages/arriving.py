"""Whether an average comes to where the weights are, in the format in which it is kept.

An update that changes the average by less than half the gap beside it is lost in rounding
(`lawful laws a_narrow_average_stands_still`): what is kept stops short of the weights, however long they stay.
"""

from collections.abc import Iterator
from math import ceil, e, log

import torch
from sympy import Symbol

from lawful.properties.averages.driving import Bench
from lawful.properties.averages.promise import promise
from lawful.properties.promises import Said
from lawful.verify.candidates.averager import Averager, kept
from lawful.verify.evidence import Severity
from lawful.verify.oracle.formats import FORMATS

DECAY = "ema_decay"
"""What the rule calls the rate at which an average is kept, at most."""

SLOW = 0.999
"""A rate at which averages of weights are kept: it forgets a tenth of what was before in 105 updates."""

START, END = 1.0, 1.5
"""The weights before and after a jump of half their size."""

BEFORE = 200
"""How many weights a mean of all of them has met before the jump."""

LONG = 10
"""How many times that time is waited in which the exact average makes all of the jump but 1/e of it."""


def _formats(averager: Averager) -> Iterator[Bench]:
    for fmt in FORMATS:
        first = next(averager.settings())
        slow = {s: _slow(averager, s) if s.name == DECAY else value for s, value in first.items()}
        yield Bench(averager, slow, fmt)


def _slow(averager: Averager, symbol: Symbol) -> float:
    values = [value for each in averager.settings() if (value := each[symbol]) <= SLOW]
    return float(max(values) if averager.bound[symbol] in averager.arguments else SLOW)


@promise(at=_formats, of=lambda averager: True, severity=Severity.EXTRA)
def average_arrives(bench: Bench) -> Said:
    """An average comes as close to weights that stay, however long that takes, as the exact one does in the time in
    which it forgets all but 1/e of what was before."""
    before, within = _times(bench)
    bench.begin()
    for _ in range(before):
        at = _told(bench, START)
    done = 0
    while done < LONG * within:
        done, last, at = done + 1, at, _told(bench, END)
        if at == last or END - at <= (END - START) / e:
            break
    if END - at > (END - START) / e:
        share, half = _share(bench, before + done), FORMATS[bench.dtype].unit
        yield (
            f"stands still at {at:.4g}, {END - at:.3g} away from weights that stay at {END}: what it moves by, "
            f"{share:.2g} of the way, is lost where that is less than {half:.2g}, half the gap beside {START}, and so "
            f"on all ways shorter than {half / share:.2g}",
            _lines(bench, before, done),
        )


def _told(bench: Bench, weight: float) -> float:
    """Where the average of the first weight is, once it is told that all weights are this."""
    with torch.no_grad():
        for p in bench.model.parameters():
            p.fill_(weight)
    bench.averager.update(bench.made, bench.model)
    return float(next(iter(kept(bench.made, bench.model).values())).reshape(-1)[0])


def _times(bench: Bench) -> tuple[int, int]:
    """How many updates there are before the jump, and in how many the exact average makes it but for 1/e."""
    if not bench.values:
        return BEFORE, ceil(BEFORE * (e - 1))
    decay = _decay(bench)
    return 1, max(ceil(-1 / log(decay)), 1) if decay else 1


def _share(bench: Bench, done: int) -> float:
    """How far of the way to the weights an update goes, the first ones apart, after so many."""
    return 1 - _decay(bench, done / (done + 1))


def _decay(bench: Bench, otherwise: float = 0.0) -> float:
    """What is kept of the average at most; something else where it has no such rate."""
    return next((value for symbol, value in bench.values.items() if symbol.name == DECAY), otherwise)


def _lines(bench: Bench, before: int, after: int) -> str:
    way = bench.script([]).splitlines()
    return "\n".join([*way[:4], f"for weight in [{START}] * {before} + [{END}] * {after + 1000}:", *way[5:]])
