"""A candidate on lanes of one tensor, under given hyperparameters: what the tests of laws are made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.arithmetic import granted
from lawful.properties.runs.judging import of_rule
from lawful.properties.runs.taken import TakenRun
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State

LANES = 131
FORMAT = FORMATS[torch.float64]

Before = Callable[[int, Tensor], None]
"""Called with the step, from 1, and the parameter, before each step."""


@dataclass(frozen=True)
class Lanes:
    """Hyperparameters, a first weight and gradients, in float64.

    Args:
        hyper: hyperparameter → value.
        steps: how many.
        seed: of weights and gradients.
        options: conventions chosen through the constructor.
        schedule: step → factor of lr from then on.
        given: the first weights and the gradients, steps first, in place of those of the seed.
    """

    hyper: Mapping[Symbol, float]
    steps: int
    seed: int
    options: Mapping[str, Any] = field(default_factory=dict)
    schedule: Mapping[int, float] = field(default_factory=dict)
    given: tuple[Tensor, Tensor] | None = None

    @property
    def words(self) -> str:
        """In a sentence."""
        values = ", ".join(f"{s} = {value:.6g}" for s, value in self.hyper.items())
        count = self.block.x0.numel()
        weights = f"{count} weights" if count > 1 else "one weight"
        return f"On {weights}, {self.steps} steps, with {values}."

    @property
    def block(self) -> Block:
        """Weights and gradients, those of the seed of order 1."""
        if self.given is not None:
            return Block("the lanes", 0, *self.given)
        random = np.random.Generator(np.random.PCG64(self.seed))
        x0 = torch.from_numpy(random.standard_normal(LANES))
        return Block("the lanes", 0, x0, torch.from_numpy(random.standard_normal((self.steps, LANES))))

    @property
    def scenario(self) -> Scenario:
        """The same as a scenario."""
        return Scenario(self.options, (self.hyper,), self.steps, (0.0, 0.0), self.schedule, seed=self.seed)

    def seen(
        self, candidate: Candidate, before: Before | None = None, start: Tensor | None = None
    ) -> Iterator[Tensor]:
        """The candidate's weights after each step, from `start` or the lanes' own first weight; where it refuses
        float64, in the widest format that it takes."""
        block = self.block
        block = Block(block.name, 0, block.x0 if start is None else start, block.gradients)
        run = TakenRun(candidate, candidate.plainest, self.scenario, [block], before=before)
        for _ in run.steps():
            yield run.wide()

    def expected(
        self, candidate: Candidate, rule: Rule | None = None, start: Tensor | None = None
    ) -> Iterator[State]:
        """The oracle's states after each step, of the candidate's rule or another, in the arithmetic that it uses."""
        rule = rule or candidate.rule(self.options)
        fmt = granted(candidate, candidate.plainest, FORMAT.dtype, "cpu")
        oracle, block = Oracle(rule, fmt), self.block
        hypers = [
            of_rule(rule, self.scenario.hyper_at(0, step), torch.float64) for step in range(1, self.steps + 1)
        ]
        state = oracle.start(block.x0 if start is None else start, hypers[0])
        for gradient, hyper in zip(block.gradients, hypers, strict=True):
            state = oracle.step(state, gradient, hyper)
            yield state


def radius(state: State) -> Tensor:
    """The budget of the weight."""
    return torch.as_tensor(state.x.radius, dtype=torch.float64)
