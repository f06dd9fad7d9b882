"""A bench: a candidate run in one way, on tensors and gradients of its own, and the comparisons that checks make."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.contract.following import alone, deviation, followed, same_bits
from lawful.properties.contract.way import Way
from lawful.properties.runs.judging import Part, Trajectories, format_of, of_rule, trajectory
from lawful.properties.runs.running import RefusedError, Run, UnusualError
from lawful.properties.scenarios.scenarios import Block, Scenario, expand, shapes_of
from lawful.properties.scenarios.strategies import Draw, allowed, tied
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.oracle import State

STEPS = 6
ORACLES = Trajectories()


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
    """

    candidate: Candidate
    way: Way
    device: str = "cpu"
    seed: int = 0
    notes: list[str] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)

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

    def hyper(self, **pins: float) -> Mapping[Symbol, float]:
        """Hyperparameters at which every term of the rule shows, but for those that are given by name."""
        source = Draw(self.candidate, (1, 1), generic=True)
        return self._with({s: source.values(self.rule, s)[0] for s in self.rule.defaults}, pins)

    def usual(self, **pins: float) -> Mapping[Symbol, float]:
        """The candidate's own defaults, or the rule's where it has none, but for those that are given by name."""
        return self._with(self.candidate.defaults(self.rule), pins)

    def _with(self, values: Mapping[Symbol, float], pins: Mapping[str, float]) -> Mapping[Symbol, float]:
        free = self.candidate.binding.free
        pinned = {s: pins.get(s.name, value) if s in free else value for s, value in values.items()}
        return tied([allowed(self.candidate, self.way.options, pinned)], self.rule)[0]

    def scenario(self, *hypers: Mapping[Symbol, float], steps: int = STEPS, **more: Any) -> Scenario:
        """A run of one group, or of as many as there are hyperparameters."""
        chosen = hypers or (self.hyper(),)
        shapes = shapes_of(self.rule)
        scale = (-1.0, 0.5)
        return Scenario(self.way.options, chosen, steps, scale, seed=self.seed, shapes=shapes, **more)

    def blocks(self, scenario: Scenario) -> list[Block]:
        """Tensors and gradients: two of one shape, others of others, one of the second group."""
        return expand(scenario, self.dtype)

    def run(
        self,
        scenario: Scenario,
        blocks: list[Block],
        arguments: Mapping[str, Any] = MappingProxyType({}),
        laid: Callable[[Tensor], Tensor] = Tensor.clone,
    ) -> Run:
        """The candidate, constructed, with these arguments besides the scenario's."""
        candidate = replace(self.candidate, arguments={**self.candidate.arguments, **arguments})
        return Run(candidate, self.path, scenario, blocks, self.device, laid=laid)

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
        """The first step, from 1, after which two runs differ by more than both may be off the rule together."""
        if all(map(same_bits, seen, expected)):
            return None
        states = self.states(scenario, block, fmt)
        for step, (a, b, state) in enumerate(zip(seen, expected, states, strict=True), 1):
            ratio = deviation(a, b, 2 * torch.as_tensor(state.x.radius).expand(block.x0.shape))
            self.ratios.append(ratio)
            if ratio > 1:
                return step
        return None

    def states(self, scenario: Scenario, block: Block, fmt: Format | None = None) -> list[State]:
        """The oracle's states of one tensor after each step, in its shape."""
        own, lonely = alone(scenario, block)
        oracle = ORACLES.oracle(self.rule, fmt or self.format(block))
        return trajectory(oracle, _part(lonely), own)

    def stepped(
        self, scenario: Scenario, block: Block, state: State, x: Tensor, at: int | None = None
    ) -> State:
        """The oracle's next state from another value, and as if another number of steps had been made."""
        own, lonely = alone(scenario, block)
        oracle, part = ORACLES.oracle(self.rule, self.format(block)), _part(lonely)
        here = replace(state, t=state.t if at is None else at, x=oracle.ball(x.cpu()))
        hyper = of_rule(self.rule, own.hyper_at(0, state.t + 1), part.dtype)
        return oracle.step(here, part.gradients[state.t], hyper)

    def format(self, block: Block) -> Format:
        """The format in which this path computes a tensor."""
        return format_of(block.x0.dtype, self.path, self.device)

    # ------------------------------------------------------------------------------------ what may be
    @contextmanager
    def may_refuse(self, what: str) -> Iterator[None]:
        """Notes what is refused at construction or at the first step."""
        try:
            yield
            self.taken.append(True)
        except (RefusedError, UnusualError) as refusal:
            self.taken.append(False)
            self.notes.append(f"{what} is refused: {refusal}")


def _part(block: Block) -> Part:
    """A tensor in its shape, alone."""
    return Part(0, block.x0.dtype, (0,), block.x0, block.gradients)
