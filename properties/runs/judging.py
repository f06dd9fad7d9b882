"""A candidate's values against the oracle's balls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isnan
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.evidence import Evidence, Verdict
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS, Format
from lawful.verify.oracle.oracle import Oracle, State


@dataclass(frozen=True)
class Part:
    """The lanes of a scenario that are evaluated together: those of one tensor where the rule looks at whole tensors,
    in its shape; else all that share hyperparameters and format, one after the other.

    Where the rule looks at all parameters, those of other groups follow: `others` lanes, not judged here. Of a vector
    that repeats its lanes there are two parts: `fold` takes the least or the largest of what became of each. Where the
    rule looks at all parameters, `sizes` are how many lanes each has; where it looks at each too, `pieces` are.
    """

    group: int
    dtype: torch.dtype
    members: tuple[int, ...]
    x0: Tensor
    gradients: Tensor
    others: int = 0
    fold: Callable[[Tensor, int], Tensor] | None = None
    pieces: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()

    def gather(self, parameters: list[Tensor]) -> Tensor:
        """The candidate's values of these lanes, in float64."""
        if self.fold is not None:
            long = parameters[self.members[0]].detach().reshape(-1)
            return self.fold(_rows(long, len(self.x0)), 0).to(torch.float64)
        values = [parameters[i].detach().reshape(-1).to(torch.float64) for i in self.members]
        return torch.cat(values).reshape(self.x0.shape)

    def locate(self, lane: int, blocks: list[Block]) -> tuple[Block, int]:
        """The block and the index in it of a lane."""
        for i in self.members:
            if lane < blocks[i].x0.numel():
                return blocks[i], lane
            lane -= blocks[i].x0.numel()
        raise IndexError(lane)


def _rows(values: Tensor, lanes: int) -> Tensor:
    """A vector as rows of lanes; what the last one lacks is taken from the first."""
    lack = -len(values) % lanes
    return torch.cat([values, values[lanes - lack : lanes]]).reshape(-1, lanes)


def parts(blocks: list[Block], device: str, rule: Rule) -> list[Part]:
    """The parts of a scenario's blocks, of which long vectors stand last."""
    whole = [b for b in blocks if not b.size]
    return [*_unfolded(whole, device, rule), *_folded(blocks[len(whole) :], len(whole), device)]


def _folded(blocks: list[Block], first: int, device: str) -> list[Part]:
    return [
        Part(b.group, b.x0.dtype, (i,), b.x0.to(device), b.gradients.to(device), fold=fold)
        for i, b in enumerate(blocks, first)
        for fold in (torch.amin, torch.amax)
    ]


def _unfolded(blocks: list[Block], device: str, rule: Rule) -> list[Part]:
    if rule.scope == "tensor":
        return [
            Part(b.group, b.x0.dtype, (i,), b.x0.to(device), b.gradients.to(device))
            for i, b in enumerate(blocks)
        ]
    keys = sorted({(b.group, str(b.x0.dtype)) for b in blocks})
    return [_part(blocks, group, dtype, device, rule) for group, dtype in keys]


def _part(blocks: list[Block], group: int, dtype: str, device: str, rule: Rule) -> Part:
    alike = [i for i, b in enumerate(blocks) if str(b.x0.dtype) == dtype]
    own = tuple(i for i in alike if blocks[i].group == group)
    others = tuple(i for i in alike if i not in own) if rule.scope == "optimizer" else ()
    members = own + others
    x0 = torch.cat([blocks[i].x0.reshape(-1) for i in members]).to(device)
    gradients = torch.cat([blocks[i].gradients.reshape(len(blocks[i].gradients), -1) for i in members], 1).to(
        device
    )
    count = sum(blocks[i].x0.numel() for i in others)
    sizes = tuple(blocks[i].x0.numel() for i in members) if rule.scope == "optimizer" else ()
    pieces = sizes if rule.pieced else ()
    return Part(group, blocks[members[0]].x0.dtype, members, x0, gradients, count, pieces=pieces, sizes=sizes)


def side(off: Tensor, wrong: Tensor) -> float:
    """Whether the middle one of the lanes that are wrong went too far, 1, or not far enough, −1; 0 where none is."""
    far = off[wrong]
    return float(far.median().sign()) if far.numel() else 0.0


def format_of(dtype: torch.dtype, path: Mapping[str, Any], device: str) -> Format:
    """The format in which a path computes: float32 scalars where it keeps the step as a tensor, flushing on devices."""
    fmt = FORMATS[dtype]
    if path.get("capturable") or path.get("differentiable"):
        fmt = fmt.tensor_scalars()
    return fmt if device == "cpu" else fmt.flushing()


RuleAt = Callable[[int], Rule]
"""The rule of each step: where an option is changed in mid-run, another member of the family."""

OracleAt = Callable[[int], Oracle]

KEPT = 256
"""How many trajectories: those of all scenarios of a format, of each of ten tensors where a rule looks at tensors."""


class Trajectories:
    """The oracle's trajectories of a scenario's parts, kept so that all paths of a dtype share them."""

    def __init__(self) -> None:
        """Nothing computed yet."""
        self._compute = lru_cache(maxsize=KEPT)(self._run)
        self._oracles: dict[tuple[str, Format], Oracle] = {}
        self._pending: tuple[RuleAt, Part, Scenario] | None = None

    def of(self, rule: "Rule | RuleAt", fmt: Format, part: Part, scenario: Scenario) -> list[State]:
        """The states after each step, under one rule or another in each step."""
        rule_at = (lambda step: rule) if isinstance(rule, Rule) else rule
        self._pending = (rule_at, part, scenario)
        members = part.members if part.fold is None else ()
        return self._compute(rule_at(1).hash, fmt, members, scenario.words, str(part.x0.device))

    def _run(
        self, rule_hash: str, fmt: Format, members: tuple[int, ...], scenario: str, device: str
    ) -> list[State]:
        assert self._pending is not None
        rule_at, part, drawn = self._pending
        return trajectory(lambda step: self.oracle(rule_at(step), fmt), part, drawn)

    def oracle(self, rule: Rule, fmt: Format) -> Oracle:
        """The compiled oracle."""
        if (rule.hash, fmt) not in self._oracles:
            self._oracles[rule.hash, fmt] = Oracle(rule, fmt)
        return self._oracles[rule.hash, fmt]


TRAJECTORIES = Trajectories()


@torch.inference_mode()  # autograd's bookkeeping is a quarter of a small operation
def trajectory(oracle: "Oracle | OracleAt", part: Part, scenario: Scenario) -> list[State]:
    """The oracle's states of a part after each step."""
    at = (lambda step: oracle) if isinstance(oracle, Oracle) else oracle

    def hyper(step: int) -> dict[Symbol, float]:
        return of_rule(at(step).rule, scenario.hyper_at(part.group, step), part.dtype)

    state, states = at(1).start(part.x0, hyper(1), part.pieces), []
    for step in range(1, scenario.steps + 1):
        state = at(step).step(state, part.gradients[step - 1], hyper(step))
        states.append(state)
    return states


def of_rule(rule: Rule, hyper: Mapping[Symbol, float], dtype: torch.dtype) -> dict[Symbol, float]:
    """The hyperparameters that the rule has, in its order; NaN, a constructor's None, is the dtype's own epsilon."""
    values = {s: float(hyper[s]) for s in rule.hyperparameters}
    return {s: torch.finfo(dtype).eps if isnan(value) else value for s, value in values.items()}


@dataclass
class Tally:
    """What has been compared so far, kept where it was compared: an accelerator is not waited for before the end."""

    comparisons: int = 0
    ratios: list[Tensor] = field(default_factory=list)
    """Of each comparison; NaN where there is no verdict, or no budget."""
    _no_verdict: Tensor | int = 0
    _worst: Tensor | float = 0.0

    def add(self, expected: Ball, seen: Tensor, others: int = 0) -> Tensor:
        """Compares one step's values but for the last `others`; returns each lane's ratio to the budget (0 where there
        is no verdict)."""
        distance = torch.nan_to_num(expected.distance(seen), torch.inf, torch.inf)
        budget = torch.as_tensor(expected.radius, device=distance.device).expand_as(distance)
        if others:
            distance, budget = distance[:-others], budget[:-others]
        decided = budget < torch.inf
        ratio = torch.nan_to_num(distance / budget, 0.0, torch.inf)
        self.comparisons += distance.numel()
        self._no_verdict = self._no_verdict + (distance.numel() - torch.count_nonzero(decided))
        if ratio.numel():
            self._worst = ratio.max().clamp_min(self._worst)
        self.ratios.append(torch.where(decided & (budget > 0), ratio, torch.nan).to(torch.float32))
        return ratio

    def absorb(self, other: "Tally") -> None:
        """Adds what another has compared."""
        self.comparisons += other.comparisons
        self.ratios += other.ratios
        self._no_verdict = self._no_verdict + other._no_verdict
        self._worst = torch.as_tensor(other._worst).clamp_min(self._worst)

    def within(self) -> "Tally":
        """The same with what is beyond the budget counted as without verdict."""
        kept = [torch.where(ratio > 1.0, torch.nan, ratio) for ratio in self.ratios]
        beyond = sum(int((ratio > 1.0).sum()) for ratio in self.ratios)
        worst = max(
            (float(torch.nan_to_num(ratio, 0.0).max()) for ratio in kept if ratio.numel()), default=0.0
        )
        return Tally(self.comparisons, kept, self._no_verdict + beyond, worst)

    @property
    def no_verdict(self) -> int:
        """How many comparisons had an infinite budget."""
        return int(self._no_verdict)

    @property
    def worst(self) -> float:
        """The largest ratio."""
        return float(self._worst)

    @property
    def median(self) -> float:
        """The median ratio over comparisons with a budget above 0."""
        everything = torch.cat([ratio.reshape(-1) for ratio in self.ratios] or [torch.zeros(0)])
        return float(torch.nan_to_num(everything.nanmedian(), 0.0)) if everything.numel() else 0.0

    def evidence(self, verdict: Verdict, **more: Any) -> Evidence:
        """What has been compared, as evidence; `more`: of it, besides the numbers."""
        return Evidence(verdict, self.worst, self.median, self.comparisons, self.no_verdict, **more)
