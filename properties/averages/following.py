"""Whether an average follows its rule: after every update, in every tensor, within what rounding explains.

Each update is judged from what was kept before it. What comes first is told by looking: whether the first update puts
the weights in the place of what is kept, or averages already what was there when the average was constructed. Weights
that are not trained may be taken as they are: while they stay, that is their average.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from lawful.properties.averages.driving import Bench
from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.promises import RaisedError
from lawful.properties.runs.judging import Tally
from lawful.properties.settings import Settings
from lawful.verify.candidates.averager import Averager
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS

TOLD = 3
"""How many settings that fail are told."""


@dataclass
class Seen:
    """What was seen at one setting."""

    tally: Tally = field(default_factory=Tally)
    finding: Finding | None = None
    begins: str = ""


def _run(candidate: Averager, check: Check, settings: Settings, journal: Journal) -> Evidence:
    dtype, total, found, notes = getattr(torch, check.dtype), Tally(), list[Finding](), dict[str, None]()
    benches = [Bench(candidate, values, dtype, seed=settings.seed) for values in candidate.settings()]
    for bench in benches:
        journal(bench.called)
        seen = follow(bench)
        total.absorb(seen.tally)
        notes |= {seen.begins: None} if seen.begins else {}
        found += [] if seen.finding is None else [seen.finding]
    return total.evidence(
        Verdict.UNLAWFUL if found else Verdict.LAWFUL,
        scenarios=len(benches),
        unvaried=candidate.unvaried,
        notes=list(notes),
        findings=found[:TOLD],
    )


def follow(bench: Bench) -> Seen:
    """An average held against its rule."""
    seen, weights = Seen(), bench.weights()
    try:
        kept = [bench.begin().kept, *(bench.update(each) for each in weights)]
    except RaisedError as error:
        seen.finding = Finding(f"{bench.called} {error}.")
        return seen
    names = [name for name, _ in bench.model.named_parameters()]
    averages, theirs = [flat([each[name] for name in names]) for each in kept], list(map(flat, weights))
    fixed = flat(
        [torch.full_like(p, not p.requires_grad, dtype=torch.bool) for p in bench.model.parameters()]
    )
    taken = bool(_put(averages[0], theirs[0], averages[1]).all())
    seen.begins = BEGINS if taken else ""
    for done, (before, now, after) in enumerate(triplewise(averages, theirs, 1 if taken else 0)):
        expected = bench.next(done, before, now)
        as_they_are = (fixed & (after == now)) | (_exact(expected) & _put(before, now, after))
        judged = torch.where(as_they_are, torch.as_tensor(expected.mid), after.to(torch.float64))
        ratio = seen.tally.add(expected, judged)
        if float(ratio.max()) > 1.0:
            seen.finding = _departure(
                bench, int(ratio.argmax()), theirs[: done + (2 if taken else 1)], after, expected
            )
            return seen
    return seen


def _exact(expected: Ball) -> Tensor:
    """Where nothing is kept of the average, so that no rounding is explained."""
    return torch.as_tensor(expected.radius) == 0


def _put(before: Tensor, weights: Tensor, after: Tensor) -> Tensor:
    """Where an update put the weights in the average's place: as they are, or as what was there and all that they
    differ by from it, which two operations round."""
    unit = FORMATS[weights.dtype].unit
    old, new, seen = before.double(), weights.double(), after.double()
    return (seen - new).abs() <= unit * ((1 + unit) * (new - old).abs() + new.abs())


BEGINS = "its first update takes the weights as they are"


def triplewise(
    averages: list[Tensor], weights: list[Tensor], first: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The average before, the weights of which it is told, and the average after, from the first that averages."""
    return zip(averages[first:-1], weights[first:], averages[first + 1 :], strict=True)


def _departure(bench: Bench, lane: int, weights: list[Tensor], after: Tensor, expected: Ball) -> Finding:
    """The element that is farthest off, and its way up to there."""
    law, error, value = (
        float(torch.as_tensor(each).expand(after.shape)[lane])
        for each in (expected.mid, expected.radius, after)
    )
    way = [float(each[lane]) for each in weights]
    said = f"{bench.called} has {value!r} after {len(way)} updates, where it is {law!r} ± {error:.2g}."
    return Finding(said, script=bench.script(way))


def flat(tensors: list[Tensor]) -> Tensor:
    """All elements, one after the other."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


follows_its_average = Property(
    "average",
    "After each update every weight's average is what the rule makes of the one before and of the weight.",
    _run,
    everywhere=True,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Averager,
)
