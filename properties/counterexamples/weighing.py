"""What a departure is a matter of: the formula, the range of the format, or its precision.

The candidate is run again on the same numbers in another format, and on gradients that are brought between limits.

* **Range.** A lane overflows or underflows on the candidate's way, where the rule need not: it is within the same
  budget in a wider format, and, in its own format, once its gradients lie between some limits, where a departure that
  is the same share of the rule's movement would still be seen.
* **Precision.** In another format the candidate is about as many budgets away, and by so much nearer as that format is
  finer. A budget is a number of roundings: what loses digits loses as many of them in every format, and a formula that
  is wrong does not: it is as far off in float64 as in float32.
* **Formula.** Everything else, and so what is wrong in one format alone at every scale, as a kernel that does not move
  16-bit parameters; where that is a few budgets only, nothing can be concluded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite, sqrt

import torch
from torch import Tensor

from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.runs.watching import Sight, Watch
from lawful.properties.scenarios.scenarios import Block
from lawful.verify.evidence import Question
from lawful.verify.oracle.formats import FORMATS

DEGREE = 4
"""Up to which power of a gradient an intermediate goes, of any way to write a rule."""

MARGIN = 8.0
"""By how much less than its root the largest gradient may be, for the scalars that multiply it."""

ABOUT = 4.0
"""How many times as many budgets are about as many: the roundings of two formats fall differently in each lane."""

OTHERS = {
    torch.float16: (torch.float64, torch.float32),
    torch.bfloat16: (torch.float64, torch.float32),
    torch.float32: (torch.float64,),
    torch.float64: (torch.float32,),
}
"""In which formats a candidate is asked again, the first that it takes."""

NARROW = (torch.bfloat16, torch.float16)
"""Likewise of what is computed in float32 whatever the format: another arithmetic than float32."""


@dataclass(frozen=True)
class Track:
    """How far a candidate is from the rule, the budget, and how far the rule has gone at most: steps × lanes."""

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


Limits = tuple[float, float]
ANY: Limits = (0.0, inf)

Lanes = dict[tuple[int, ...], Tensor]
"""Some lanes of each part, by its members."""

Tracks = dict[tuple[int, ...], Track]
"""Of each part, by its members."""


@dataclass(frozen=True)
class Weight:
    """What a scenario's departures are a matter of.

    Attributes:
        question: what the worst of them is a matter of; None where that cannot be told.
        over: where it is the range, whether large gradients leave it, or small ones do.
        ratio: where it is the precision, how many budgets the candidate is away.
    """

    question: Question | None
    over: bool = True
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
        over = True
        if self.watch.dtype is not torch.float64:
            over, left = self._range(left)
        if not _any(left):
            return Weight(Question.RANGE, over)
        here, there = self._ratios(left)
        if not (isfinite(here) and here <= ABOUT * max(1.0, there) and there <= ABOUT * max(1.0, here)):
            return FORMULA
        if there > 1.0:
            return Weight(Question.PRECISION, ratio=here) if self._follows_the_format(left) else FORMULA
        explained = any(left[m].sum() < t.departing.sum() for m, t in self.base.items())
        return Weight(Question.RANGE, over) if explained else Weight(None, ratio=here)

    def _range(self, left: Lanes) -> tuple[bool, Lanes]:
        """Whether it was a limit from above that helped, and the lanes that none helps."""
        left = {m: lanes & self._gone(m, lanes) for m, lanes in left.items()}
        stays = {m: self.base[m].departing & ~lanes for m, lanes in left.items()}
        over = True
        for limits in limits_of(self.watch.dtype):
            if not _any(left):
                break
            limited = self._tracks(self._again(self.watch.dtype, limits))
            clean = {m: lanes & self._clean(m, limited.get(m)) for m, lanes in left.items()}
            over = not limits[0] if _any(clean) else over
            left = {m: lanes & ~clean[m] for m, lanes in left.items()}
        return over, {m: lanes | stays[m] for m, lanes in left.items()}

    def _gone(self, members: tuple[int, ...], lanes: Tensor) -> Tensor:
        """The lanes that are within the same budget in a wider format."""
        return ~self.wide[members].departing if members in self.wide else torch.zeros_like(lanes)

    def _clean(self, members: tuple[int, ...], limited: Track | None) -> Tensor:
        """The lanes that keep the budget between limits between which their departure would be seen."""
        base = self.base[members]
        if limited is None:
            return torch.zeros_like(base.departing)
        first = base.departs.to(torch.uint8).argmax(0)
        here, there = base.at(first), limited.at(first)
        shrinks = torch.where(here.moved > 0, there.moved / here.moved, 0.0)
        return ~limited.departing & torch.isfinite(there.budget) & (here.distance * shrinks > there.budget)

    def _follows_the_format(self, left: Lanes) -> bool:
        """Whether the distance shrinks with the roundoff, from the coarser format to the finer, rather than stays."""
        there = self._elsewhere_seen
        some = {m: lanes for m, lanes in left.items() if lanes.any()}
        far = [
            max(float(t[m].distance[:, lanes].max()) for m, lanes in some.items()) for t in (self.base, there)
        ]
        units = [self.watch.format.unit, FORMATS[self.dtype].unit]
        (fine, near), (coarse, wide) = sorted(zip(units, far, strict=True))
        return near <= wide * sqrt(fine / coarse)

    @cached_property
    def _elsewhere_seen(self) -> Tracks:
        """What is seen in the other format, in its own budget."""
        return self._tracks(self._again(self.dtype, granted=False))

    def _ratios(self, left: Lanes) -> tuple[float, float]:
        """How many budgets away these lanes are, and in the other format, in its own budget."""
        other = self._elsewhere_seen
        if not left.keys() <= other.keys():
            return inf, 0.0
        here, there = (
            max(tracks[m].worst(lanes) for m, lanes in left.items() if lanes.any())
            for tracks in (self.base, other)
        )
        return here, there

    def _elsewhere(self, dtype: torch.dtype) -> tuple[Tracks, torch.dtype]:
        """The scenario in the first other format that the candidate takes, within the budget of its own."""
        for other in NARROW if self.watch.format.taken else OTHERS[dtype]:
            if found := self._tracks(self._again(other)):
                return found, other
        return {}, dtype

    def _again(self, dtype: torch.dtype, limits: Limits = ANY, granted: bool = True) -> Watch:
        """The same numbers in another format, or between limits; `granted` the budget of the watched one."""
        fmt = self.watch.format if granted else None
        blocks = list(_other(self.watch.tensors, self.watch.dtype, dtype, limits))
        return replace(self.watch, dtype=dtype, fmt=fmt, blocks=blocks, reads=self.one_by_one)

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


def limits_of(dtype: torch.dtype) -> Iterator[Limits]:
    """Between which sizes gradients that are not 0 are brought: there, no intermediate leaves the format's range."""
    info = torch.finfo(dtype)
    high, low = info.max ** (1 / DEGREE) / MARGIN, info.smallest_normal ** (1 / DEGREE) * MARGIN
    yield from ((0.0, high * 2**k) for k in (5, 2, 0))
    yield from ((low * 2.0**k, inf) for k in (-5, -2, 0))
    yield low, high


def _any(lanes: Lanes) -> bool:
    return any(bool(each.any()) for each in lanes.values())


def _track(sights: Sequence[Sight]) -> Track:
    rows = zip(*((s.distance, s.budget, s.moved) for s in sights), strict=True)
    distance, budget, moved = map(torch.stack, rows)
    return Track(distance, budget, moved.cummax(0).values)


def _other(blocks: Sequence[Block], dtype: torch.dtype, to: torch.dtype, limits: Limits) -> Iterator[Block]:
    """The tensors of one dtype in another, gradients between limits; those of other dtypes stay of another."""
    apart = torch.float32 if to is torch.float64 else torch.float64
    for block in blocks:
        own = block.x0.dtype is dtype
        slopes = block.gradients.sign() * block.gradients.abs().clamp(*limits) if own else block.gradients
        kind = to if own else apart
        yield replace(block, x0=block.x0.to(kind), gradients=slopes.to(kind))
