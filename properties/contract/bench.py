"""A bench: a candidate run in one way, on tensors and gradients of its own, and the comparisons that checks make."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import log
from types import MappingProxyType
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.contract.following import alone, deviation, followed, same_bits
from lawful.properties.contract.way import Way
from lawful.properties.runs.arithmetic import granted
from lawful.properties.runs.judging import Part, Trajectories, of_rule, trajectory
from lawful.properties.runs.running import RaisedError, RefusedError, Run, UnusualError
from lawful.properties.runs.summary import in_words
from lawful.properties.scenarios.scenarios import Block, Scenario, expand, shapes_of
from lawful.properties.scenarios.strategies import Draw, allowed, tied
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.unclaimed import parted
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.oracle import State

STEPS = 6
ORACLES = Trajectories()

BLOCKS: dict[str, list[Block]] = {}
"""What has been expanded, by scenario and dtype: nothing writes to it."""

STATES: dict[tuple[Any, ...], list[State]] = {}
"""What oracles have said, by rule, format, scenario and tensors, which are told apart by their identity."""

TAKEN: dict[tuple[Any, ...], tuple[str, int]] = {}
"""What each candidate said to a plain step in each way to run it, and how many groups it took."""


class NotOwedError(Exception):
    """The check does not apply to the candidate, for a reason."""


@dataclass
class Bench:
    """A candidate run in one way.

    Args:
        candidate: the candidate.
        way: path, dtype, options.
        device: where parameters live.
        seed: of values and gradients.
        notes: what the reader should know though nothing failed.
        ratios: the deviations that were judged by budget, as nothing could be said by bits.
        taken: whether each thing that may be refused was taken.
        refusable: whether what is looked at now may be refused.
        ran: what the last run was of: scenario, tensors, further arguments.
    """

    candidate: Candidate
    way: Way
    device: str = "cpu"
    seed: int = 0
    notes: list[str] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    refusable: bool = False
    ran: tuple[Scenario, list[Block], Mapping[str, Any]] | None = None

    # ------------------------------------------------------------------------------------ what is run
    @property
    def rule(self) -> Rule:
        """The rule that these options choose."""
        return self.candidate.rule(self.way.options)

    @property
    def path(self) -> dict[str, Any]:
        """The arguments that choose the path."""
        return self.candidate.paths[self.way.path]

    @property
    def dtype(self) -> torch.dtype:
        """Of the parameters."""
        return getattr(torch, self.way.dtype)  # type: ignore[no-any-return]

    @property
    def inputs(self) -> str:
        """On what the last run was, in words."""
        if self.ran is None:
            return ""
        scenario, blocks, arguments = self.ran
        return in_words(self.candidate, self.path, scenario, self.dtype, blocks, arguments)

    @property
    def refusal(self) -> str:
        """What the candidate says if it does not take even one plain step in this way; "" if it does."""
        return self._taken[0]

    @property
    def _taken(self) -> tuple[str, int]:
        """The refusal, and how many groups are taken: a constructor may say that there is one."""
        options, said = repr(self.way.options), repr(self.candidate)
        key = self.candidate.cls, said, self.way.path, options, self.way.dtype, self.device
        if key not in TAKEN:
            TAKEN[key] = ("", 2) if not self._says(2) else (self._says(1), 1)
        return TAKEN[key]

    def _says(self, groups: int) -> str:
        """What is said to one step of so many groups; "" if it is taken."""
        scenario = self.scenario(*self._each(groups))
        try:
            followed(self.run(scenario, self.blocks(scenario)), [1])
        except (RefusedError, RaisedError) as refusal:
            return str(refusal)
        return ""

    def hyper(self, group: int = 0, /, **pins: float) -> Mapping[Symbol, float]:
        """Hyperparameters at which every term of the rule shows, but for those that are given by name; in the second
        group others, where there are any, of about the same size.
        """
        source = Draw(self.candidate, (1, 1), generic=True)
        values = {s: source.values(self.rule, s) for s in self.rule.defaults}
        return self._with({s: _nearest(found) if group else found[0] for s, found in values.items()}, pins)

    def hypers(self, **pins: float) -> tuple[Mapping[Symbol, float], ...]:
        """Those of two groups, each with its own; of one, where two are refused."""
        return self._each(self._taken[1], **pins)

    def alike(self) -> tuple[Mapping[Symbol, float], ...]:
        """Those of as many groups, all with the same."""
        return self.hypers()[:1] * self._taken[1]

    def _each(self, groups: int, **pins: float) -> tuple[Mapping[Symbol, float], ...]:
        return tied([self.hyper(group, **pins) for group in range(groups)], self.rule, self.candidate)

    def usual(self, **pins: float) -> Mapping[Symbol, float]:
        """The candidate's own defaults, or the rule's where it has none, but for those that are given by name."""
        return self._with(self.candidate.defaults(self.rule), pins)

    def _with(self, values: Mapping[Symbol, float], pins: Mapping[str, float]) -> Mapping[Symbol, float]:
        free = self.candidate.binding.free
        pinned = {s: pins.get(s.name, value) if s in free else value for s, value in values.items()}
        return tied([allowed(self.candidate, self.way.options, pinned)], self.rule, self.candidate)[0]

    def scenario(self, *hypers: Mapping[Symbol, float], steps: int = STEPS, **more: Any) -> Scenario:
        """A run of two groups with hyperparameters of their own, or of as many as are given."""
        chosen = hypers or self.hypers()
        shapes = shapes_of(self.rule)
        scale = (-1.0, 0.5)
        return Scenario(self.way.options, chosen, steps, scale, seed=self.seed, shapes=shapes, **more)

    def blocks(self, scenario: Scenario, beside: bool = False) -> list[Block]:
        """Tensors and gradients: two of one shape, others of others; in two groups, every second is the second's, so
        that groups have tensors of one shape, or the second half is, so that a group has them beside each other.
        """
        key = f"{scenario} {self.dtype} {beside}"
        if key not in BLOCKS:
            found = expand(replace(scenario, hypers=scenario.hypers[:1]), self.dtype)
            count = len(scenario.hypers)
            groups = [i * count // len(found) if beside else i % count for i in range(len(found))]
            BLOCKS[key] = [_in_group(b, group) for b, group in zip(found, groups, strict=True)]
        return list(BLOCKS[key])

    def run(
        self,
        scenario: Scenario,
        blocks: list[Block],
        arguments: Mapping[str, Any] = MappingProxyType({}),
        laid: Callable[[Tensor], Tensor] = Tensor.clone,
        kind: Callable[..., Run] = Run,
    ) -> Run:
        """The candidate, constructed, with these arguments besides the scenario's; driven in another way if it says."""
        candidate = replace(self.candidate, arguments={**self.candidate.arguments, **arguments})
        self.ran = scenario, blocks, arguments
        return kind(candidate, self.path, scenario, blocks, self.device, laid=laid)

    def trajectories(self, scenario: Scenario, blocks: list[Block]) -> list[list[Tensor]]:
        """The values of each tensor after each step."""
        return followed(self.run(scenario, blocks), range(1, scenario.steps + 1))

    # ------------------------------------------------------------------------------------ what is compared
    def departs_from_alone(
        self, scenario: Scenario, block: Block, seen: Sequence[Tensor], steps: Iterable[int] | None = None
    ) -> int | None:
        """The first of its own steps after which a tensor is not where it would be if it were the only one.

        `steps` are those of the scenario at which it had a gradient.
        """
        own, lonely = alone(scenario, block, steps)
        (expected,) = self.trajectories(own, [lonely])
        return self.departs(own, lonely, seen, expected)

    def departs(
        self,
        scenario: Scenario,
        block: Block,
        seen: Sequence[Tensor],
        expected: Sequence[Tensor],
        fmt: Format | None = None,
    ) -> int | None:
        """The first step, from 1, after which two runs differ by more than both may be off the rule together.

        Where no rule is claimed, by more than what is close to the tensor's way so far.
        """
        if all(map(same_bits, seen, expected)):
            return None
        if self.rule.name == UNCLAIMED:
            return parted(seen, expected, block.x0.to(seen[0]))
        states = self.states(scenario, block, fmt)
        for step, (a, b, state) in enumerate(zip(seen, expected, states, strict=True), 1):
            ratio = deviation(a, b, 2 * torch.as_tensor(state.x.radius).expand(block.x0.shape))
            self.ratios.append(ratio)
            if ratio > 1:
                return step
        return None

    def states(self, scenario: Scenario, block: Block, fmt: Format | None = None) -> list[State]:
        """The oracle's states of one tensor after each step, in its shape.

        Raises:
            NotOwedError: no rule is claimed.
        """
        self._claimed()
        own, lonely = alone(scenario, block)
        fmt = fmt or self.format(block)
        key = self.rule.hash, fmt, repr(own), lonely.x0, lonely.gradients
        if key not in STATES:
            STATES[key] = trajectory(ORACLES.oracle(self.rule, fmt), _part(lonely), own)
        return STATES[key]

    def evaluated(self, scenario: Scenario, block: Block) -> Ball:
        """What the rule hands out for evaluation in the end, in the shape of one tensor."""
        own, lonely = alone(scenario, block)
        hyper = of_rule(self.rule, own.hyper_at(0, own.steps), lonely.x0.dtype)
        oracle = ORACLES.oracle(self.rule, self.format(block))
        return oracle.evaluated(self.states(scenario, block)[-1], hyper)

    def stepped(
        self, scenario: Scenario, block: Block, state: State, x: Tensor, at: int | None = None
    ) -> State:
        """The oracle's next state from another value, and as if another number of steps had been made.

        Raises:
            NotOwedError: no rule is claimed.
        """
        self._claimed()
        own, lonely = alone(scenario, block)
        oracle, part = ORACLES.oracle(self.rule, self.format(block)), _part(lonely)
        here = replace(state, t=state.t if at is None else at, x=oracle.ball(x.cpu()))
        hyper = of_rule(self.rule, own.hyper_at(0, state.t + 1), part.dtype)
        return oracle.step(here, part.gradients[state.t], hyper)

    def _claimed(self) -> None:
        if self.rule.name == UNCLAIMED:
            raise NotOwedError("where it should be, only a rule can say, and none is claimed")

    def format(self, block: Block) -> Format:
        """The format in which this path computes a tensor, in the arithmetic that it really uses."""
        return granted(self.candidate, self.path, block.x0.dtype, self.device)

    # ------------------------------------------------------------------------------------ what may be
    @contextmanager
    def may_refuse(self, what: str) -> Iterator[None]:
        """Notes what is refused at construction or at the first step."""
        self.refusable = True
        try:
            yield
            self.taken.append(True)
        except (RefusedError, UnusualError) as refusal:
            self.taken.append(False)
            self.notes.append(f"{what} is refused: {refusal}")
        finally:
            self.refusable = False


def _nearest(values: Sequence[float]) -> float:
    """The one that is nearest to the first, by their ratio; the first itself where there is no other."""
    first = values[0]
    others = [value for value in values[1:] if value * first > 0]
    return min(others, key=lambda value: abs(log(value / first)), default=first)


def _in_group(block: Block, group: int) -> Block:
    of = ("", " of the second group", " of the third group")[group]
    return replace(block, group=group, name=f"{block.name}{of}")


def _part(block: Block) -> Part:
    """A tensor in its shape, alone."""
    return Part(0, block.x0.dtype, (0,), block.x0, block.gradients)
