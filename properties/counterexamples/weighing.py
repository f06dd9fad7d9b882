"""What a departure is a matter of: the formula, the range of the format, or its precision.

The candidate is run again on the same numbers, and on numbers divided by powers of two.

* **Range.** A lane overflows or underflows on the candidate's way, where the rule need not: it is within the same
  budget in a wider format, and, in its own format, once its weight and gradients are divided by some power of two,
  where a departure that is the same share of the rule's movement would still be seen.
* **Precision.** In another format the candidate is about as many budgets away. A budget is a number of roundings: what
  loses digits loses as many of them in every format, and a formula that is wrong does not (it is as wrong in float64,
  where a budget is a billionth of what it is in float32).
* **Formula.** Everything else, and so what is wrong in one format alone at every scale, as a kernel that does not move
  16-bit parameters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import torch
from torch import Tensor

from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.runs.watching import Sight, Watch
from lawful.properties.scenarios.scenarios import Block
from lawful.verify.evidence import Question

SCALES = (2, -2, 4, -4, 7, -7, 12, -12)
"""Powers of two by which weights and gradients are divided; where that enlarges them, gradients alone are."""

ABOUT = 4.0
"""How many times as many budgets are about as many: the roundings of two formats fall differently in each lane."""

OTHERS = {
    torch.float16: (torch.float64, torch.float32),
    torch.bfloat16: (torch.float64, torch.float32),
    torch.float32: (torch.float64,),
    torch.float64: (torch.float32,),
}
"""In which formats a candidate is asked again, the first that it takes."""


@dataclass(frozen=True)
class Track:
    """How far a candidate is from the rule, the budget, and how far the rule has moved: steps × lanes of one part."""

    distance: Tensor
    budget: Tensor
    moved: Tensor

    @property
    def departs(self) -> Tensor:
        """Where the budget is left."""
        return torch.isfinite(self.budget) & (self.distance > self.budget)

    @property
    def departing(self) -> Tensor:
        """The lanes that leave it at any step."""
        return self.departs.any(0)

    def at(self, steps: Tensor) -> "Track":
        """Each lane at a step of its own, from 0."""
        lanes = torch.arange(steps.numel())
        return Track(self.distance[steps, lanes], self.budget[steps, lanes], self.moved[steps, lanes])

    def worst(self, lanes: Tensor) -> float:
        """The largest ratio among some lanes."""
        known = torch.isfinite(self.budget) & (self.distance > 0)
        return float(torch.where(known, self.distance / self.budget, 0.0)[:, lanes].max())


Lanes = dict[tuple[int, ...], Tensor]
"""Some lanes of each part, by its members."""

Tracks = dict[tuple[int, ...], Track]
"""Of each part, by its members."""


@dataclass(frozen=True)
class Weight:
    """What a scenario's departures are a matter of.

    Attributes:
        question: what the worst of them is a matter of.
        divided: where it is the range, by which power of two gradients must be divided not to leave it.
        ratio: where it is the precision, how many budgets the candidate is away.
    """

    question: Question
    divided: int = 0
    ratio: float = 0.0


FORMULA = Weight(Question.FORMULA)


def weighed(watch: Watch, one_by_one: bool) -> Weight:
    """What all departures of a watched scenario together are a matter of: the formula, if one of them is."""
    found = Weighing(watch, one_by_one)
    return found.weight() if found.wide else FORMULA


class Weighing:
    """The runs that tell."""

    def __init__(self, watch: Watch, one_by_one: bool) -> None:
        """Runs the scenario again, and in another format."""
        self.watch, self.one_by_one = watch, one_by_one
        self.base = self._tracks(watch)
        self.wide, self.dtype = self._elsewhere(watch.format.dtype)

    def weight(self) -> Weight:
        """Formula if any lane's departure is; else range if any is; else precision."""
        left = {m: t.departing for m, t in self.base.items()}
        if not _any(left):
            return FORMULA
        divided = 0
        if self.watch.dtype is not torch.float64:
            divided, left = self._range(left)
        if not _any(left):
            return Weight(Question.RANGE, divided)
        ratio = self._as_many(left)
        return Weight(Question.PRECISION, ratio=ratio) if ratio else FORMULA

    def _range(self, left: Lanes) -> tuple[int, Lanes]:
        """By how much the last lane had to be divided, and the lanes that no division helps."""
        left = {m: lanes & self._gone(m, lanes) for m, lanes in left.items()}
        stays = {m: self.base[m].departing & ~lanes for m, lanes in left.items()}
        divided = 0
        for k in SCALES:
            if not _any(left):
                break
            scaled = self._tracks(self._again(self.watch.dtype, k))
            clean = {m: lanes & self._clean(m, scaled.get(m), k) for m, lanes in left.items()}
            divided = k if _any(clean) else divided
            left = {m: lanes & ~clean[m] for m, lanes in left.items()}
        return divided, {m: lanes | stays[m] for m, lanes in left.items()}

    def _gone(self, members: tuple[int, ...], lanes: Tensor) -> Tensor:
        """The lanes that are within the same budget in a wider format."""
        return ~self.wide[members].departing if members in self.wide else torch.zeros_like(lanes)

    def _clean(self, members: tuple[int, ...], scaled: Track | None, k: int) -> Tensor:
        """The lanes that keep the budget at a scale at which their departure would be seen."""
        base = self.base[members]
        if scaled is None:
            return torch.zeros_like(base.departing)
        first = base.departs.to(torch.uint8).argmax(0)
        here, there = base.at(first), scaled.at(first)
        shrinks = torch.where(here.moved > 0, there.moved / here.moved, 2.0**-k)
        return ~scaled.departing & torch.isfinite(there.budget) & (here.distance * shrinks > there.budget)

    def _as_many(self, left: Lanes) -> float:
        """How many budgets away these lanes are, if it is about as many in the other format; else 0."""
        other = self._tracks(self._again(self.dtype, 0, granted=False))
        if not left.keys() <= other.keys():
            return 0.0
        here, there = (
            max(tracks[m].worst(lanes) for m, lanes in left.items() if lanes.any())
            for tracks in (self.base, other)
        )
        alike = here <= ABOUT * max(1.0, there) and there <= ABOUT * max(1.0, here)
        return here if isfinite(here) and alike else 0.0

    def _elsewhere(self, dtype: torch.dtype) -> tuple[Tracks, torch.dtype]:
        """The scenario in the first other format that the candidate takes, within the budget of its own."""
        for other in OTHERS[dtype]:
            if found := self._tracks(self._again(other, 0)):
                return found, other
        return {}, dtype

    def _again(self, dtype: torch.dtype, k: int, granted: bool = True) -> Watch:
        """The same numbers in another format, or divided; `granted` the budget of the watched one."""
        fmt = self.watch.format if granted else None
        blocks = list(_divided(self.watch.tensors, self.watch.dtype, dtype, k))
        return replace(self.watch, dtype=dtype, fmt=fmt, blocks=blocks)

    def _tracks(self, watch: Watch) -> Tracks:
        """What is seen of each part; nothing where the candidate refuses."""
        seen: dict[tuple[int, ...], list[Sight]] = {}
        try:
            for sight in watch.along():
                seen.setdefault(sight.part.members, []).append(sight)
            if self.one_by_one:
                seen = {}
                for sight in watch.one_by_one():
                    seen.setdefault(sight.part.members, []).append(sight)
        except (RefusedError, RaisedError):
            return {}
        return {members: _track(sights) for members, sights in seen.items()}


def _any(lanes: Lanes) -> bool:
    return any(bool(each.any()) for each in lanes.values())


def _track(sights: Sequence[Sight]) -> Track:
    rows = zip(*((s.distance, s.budget, s.moved) for s in sights), strict=True)
    return Track(*map(torch.stack, rows))


def _divided(blocks: Sequence[Block], dtype: torch.dtype, to: torch.dtype, k: int) -> Iterator[Block]:
    """The tensors of one dtype in another, divided by 2ᵏ; those of other dtypes stay of another one."""
    apart = torch.float32 if to is torch.float64 else torch.float64
    for block in blocks:
        own = block.x0.dtype is dtype
        kind, slopes = (to, block.gradients * 2.0**-k) if own else (apart, block.gradients)
        x0 = block.x0 * 2.0 ** -max(k, 0) if own else block.x0
        yield replace(block, x0=x0.to(kind), gradients=slopes.to(kind))
