"""Findings in sentences: of the formula, the range, the precision, and what is only suspected."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from math import ceil, inf, isfinite, log10
from typing import Any

import torch

from lawful.properties.counterexamples.cases import Case, Departure
from lawful.properties.counterexamples.counterexamples import counterexample
from lawful.properties.counterexamples.rerun import Rerun
from lawful.properties.counterexamples.weighing import Weight
from lawful.properties.runs.judging import format_of, side
from lawful.properties.runs.narrow import Arithmetic
from lawful.properties.runs.watching import Sight, Suspicion, Watch
from lawful.properties.scenarios.defaults import default_scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Counterexample, Finding, Question
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x

FINE = 8
"""Into how many steps a factor of 2 is divided where a threshold is sought."""


def departed(watch: Watch, found: Suspicion) -> Departure:
    """A suspicion as a case, and what the second oracle says of it."""
    sight, lane = found.sight, found.lane
    block, _ = sight.part.locate(lane, sight.run.blocks)
    case = Case.of(watch.scenario, watch.rule, sight.part, sight.step, lane, block)
    within = 0 if case.elements else lane
    departure = Departure.of(case, sight.run, sight.part, sight.expected, lane, within)
    if sight.start is None:
        return departure.checked(watch.candidate)
    state = {x: sight.start.x, **sight.start.slots}
    start = {s: torch.as_tensor(ball.mid) for s, ball in state.items()}
    whole = watch.rule.scope != "lane"
    return departure.checked(
        watch.candidate, start if whole else {s: v.reshape(-1)[lane] for s, v in start.items()}
    )


def told(rerun: Rerun, rule: Rule, found: Suspicion, departure: Departure, weight: Weight) -> Finding:
    """The finding of a departure, with the smallest case that shows it."""
    block, index = found.sight.part.locate(found.lane, found.sight.run.blocks)
    example = counterexample(
        rerun, departure, f"element {index} of {block.name}", departure.case.scenario.seed
    )
    if weight.question is Question.RANGE:
        return Finding(_range(rerun, departure, weight.over), example, question=Question.RANGE)
    if weight.question is Question.PRECISION:
        said = f"loses {weight.ratio:.2g} times the digits that any admissible order of operations may"
        said += f", in every format: {found.of_a_step:.1g} of a step {found.where}."
        return Finding(said, example, question=Question.PRECISION)
    return Finding(f"leaves {rule} at step {example.step}: {_beside(example)}.", example)


def _beside(example: Counterexample) -> str:
    """What was seen, what the rule gives, and how far apart they are: in numbers that can be compared."""
    seen, expected = _telling(example.seen, example.expected)
    said = f"the weight is {seen} and not {expected}"
    gap = abs(example.seen - example.expected)
    return (
        f"{said}, off by {gap:.3g}; rounding explains at most {example.budget:.2g}" if isfinite(gap) else said
    )


def _telling(one: float, other: float) -> tuple[str, str]:
    """Two numbers in as many digits as show how far they are apart."""
    gap, size = abs(one - other), max(abs(one), abs(other))
    digits = min(17, 2 + ceil(log10(size / gap))) if 0 < gap < inf else 6
    return f"{one:.{digits}g}", f"{other:.{digits}g}"


ALONE = "in this format alone, and too little to tell a loss of digits from a formula that is wrong"


def doubted(rule: Rule, found: Suspicion, departure: Departure, ratio: float) -> Finding:
    """A suspicion that is none yet, and why."""
    away = f"where it is off by {ratio:.3g} times what rounding explains"
    return Finding(f"may leave {rule} {found.where}, {away}, but {departure.doubt or ALONE}.")


def narrower(
    candidate: Candidate,
    path: Mapping[str, Any],
    dtype: torch.dtype,
    device: str,
    arithmetic: Arithmetic,
    seed: int,
) -> Finding | None:
    """That less than the dtype's arithmetic is used, and what that costs at the defaults."""
    if arithmetic.chance or not arithmetic.narrow:
        return None
    fmt = format_of(dtype, path, device)
    watch = Watch(candidate, path, dtype, device, default_scenario(candidate, seed), fmt)
    cost = max((_cost(sight) for sight in watch.along()), default=0.0)
    too = ", in float64 too" if dtype is torch.float64 else ""
    said = f"{arithmetic}{too}: off by {cost:.1g} of a step."
    return Finding(said, question=Question.PRECISION)


def signs_of(watch: Watch) -> list[float]:
    """Where the first step is off, whether the middle lane has gone too far, 1, or not far enough, −1."""
    found = []
    for sight in takewhile(lambda sight: sight.step == 1, watch.along()):
        mid = torch.as_tensor(sight.expected.x.mid).expand(sight.seen.shape)
        off = sight.judged((sight.seen - mid) * torch.sign(mid - sight.before))
        found += [side(off, sight.distance > sight.budget)]
    return [sign for sign in found if sign]


def grants(wide: Watch, own: Watch) -> float:
    """How much larger one budget of a first step is than the other, as a share of it; of the median lane that both
    judge."""
    pairs = zip(*([*takewhile(lambda sight: sight.step == 1, w.along())] for w in (wide, own)), strict=True)
    return max((_share(a.budget - b.budget, a.moved) for a, b in pairs), default=0.0)


def _share(of: torch.Tensor, steps: torch.Tensor) -> float:
    counts = (steps > 0) & of.isfinite()
    return float((of[counts] / steps[counts]).median()) if counts.any() else 0.0


def _cost(sight: Sight) -> float:
    """What the lanes are off, as a share of their step; of the median lane."""
    mid = torch.as_tensor(sight.expected.x.mid).expand(sight.seen.shape)
    steps = sight.judged((mid - sight.before).abs())
    moved = steps > 0
    return float((sight.distance[moved] / steps[moved]).median()) if moved.any() else 0.0


def _range(rerun: Rerun, departure: Departure, over: bool) -> str:
    """From which gradients on a format's range is left."""
    name, case = str(rerun.dtype).removeprefix("torch."), departure.case
    sizes = _departing(rerun, case, over) or [float(case.gradients.abs().max())]
    size = min(sizes) if over else max(sizes)
    leaves, side = ("overflows", "above") if over else ("underflows", "below")
    return f"in {name}, |g| {side} {size:.3g} {leaves} on the way, where the rule need not."


def _departing(rerun: Rerun, case: Case, over: bool) -> list[float]:
    """The largest gradients of the case's multiples that leave the budget too, towards those that do not."""
    sign = -1.0 if over else 1.0
    cases: Sequence[Case] = [_times(case, 2.0 ** (sign * j / FINE)) for j in range(12 * FINE)]
    found = replace(rerun, allowance=inf).departures(cases)
    return [float(d.case.gradients.abs().max()) for d in found]


def _times(case: Case, factor: float) -> Case:
    gradients = (case.gradients.double() * factor).to(case.gradients.dtype)
    return replace(case, gradients=gradients, x0=(case.x0.double() * min(factor, 1.0)).to(case.x0.dtype))
