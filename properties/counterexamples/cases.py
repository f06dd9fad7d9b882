"""Cases: one tensor under one group's hyperparameters, and where a candidate leaves the budget on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, prod
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Part, of_rule
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.oracle import State

LONG = 128
"""Longer tensors of one lane are made by repeating it there where they are."""


@dataclass(frozen=True)
class Case:
    """One tensor under one group's hyperparameters.

    Attributes:
        scenario: options, hyperparameters and rates of that group alone.
        x0: the first value, in the parameter's dtype.
        gradients: of each step, like x0.
        before: how many other tensors, of ones with gradients of ones, stand before it in the optimizer.
        after: and how many after it.
        elements: how many times x0 stands in its tensor, where it is that of a lane; 0 where it is the tensor's.
        shape: of such a tensor; () for a vector of so many elements.
        pieces: how many elements of x0 each tensor has, where it holds several: those of a rule that looks at all.
    """

    scenario: Scenario
    x0: Tensor
    gradients: Tensor
    before: int = 0
    after: int = 0
    elements: int = 0
    shape: tuple[int, ...] = ()
    pieces: tuple[int, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario, rule: Rule, part: Part, step: int, lane: int, block: Block) -> "Case":
        """A lane of a part up to a step, in a tensor like its own; the whole tensor where its rule looks at others."""
        own = replace(
            scenario,
            options=scenario.options_at(part.group, 0),
            hypers=(scenario.hypers[part.group],),
            others={},
            judged=(),
            mixed=False,
            defaults=False,
        )
        x0, gradients = part.x0.cpu(), part.gradients.cpu()
        if rule.scope == "lane":
            found = cls(own, x0[lane], gradients[:, lane], elements=block.size or 1).until(step)
            shape = block.shape if block.size else tuple(block.x0.shape)
            return found.shaped(shape) if shape or not block.size else found
        return cls(own, x0, gradients, pieces=part.sizes).until(step)

    @property
    def steps(self) -> int:
        """How many."""
        return len(self.gradients)

    def until(self, step: int) -> "Case":
        """The same up to a step: what would be set later is left out, gradients that lack are 0."""
        schedule = {k: rate for k, rate in self.scenario.schedule.items() if k <= step}
        moves = {k: moved for k, moved in self.scenario.moves.items() if k <= step}
        rest = self.gradients.new_zeros((max(step - self.steps, 0), *self.x0.shape))
        gradients = torch.cat([self.gradients[:step], rest])
        scenario = replace(self.scenario, steps=step, schedule=schedule, moves=moves)
        return replace(self, scenario=scenario, gradients=gradients)

    def among(self, before: int, elements: int, after: int) -> "Case":
        """The same in other company; a whole tensor is as it is."""
        return replace(self, before=before, after=after, elements=elements if self.elements else 0, shape=())

    def cut(self, sizes: tuple[int, ...]) -> "Case":
        """The first elements of each piece, so many; a piece without one is left out."""
        kept = [(x0[:size], slopes[:, :size]) for (x0, slopes), size in zip(self._each, sizes, strict=True)]
        x0, gradients = torch.cat([x0 for x0, _ in kept]), torch.cat([slopes for _, slopes in kept], 1)
        return replace(self, x0=x0, gradients=gradients, pieces=tuple(size for size in sizes if size))

    @property
    def _each(self) -> list[tuple[Tensor, Tensor]]:
        """The first value and the gradients of each piece."""
        sizes = list(self.pieces)
        cut = torch.split(self.x0, sizes), torch.split(self.gradients, sizes, 1)
        return list(zip(*cut, strict=True))

    def shaped(self, shape: tuple[int, ...]) -> "Case":
        """The same lane in each place of a tensor of a shape, alone."""
        return replace(self, before=0, after=0, elements=prod(shape), shape=shape)

    @property
    def blocks(self) -> list[Block]:
        """Its tensor among the others."""
        x0, gradients = self.x0, self.gradients
        if self.pieces:
            return [Block("", 0, *one) for one in self._each]
        if self.elements > LONG:
            return [Block("", 0, x0[None], gradients[:, None], self.elements, self.shape)]
        if self.elements:
            shape = self.shape or (self.elements,)
            x0, gradients = x0.repeat(shape), gradients.reshape(-1, *[1] * len(shape)).repeat(1, *shape)
        own = Block("", 0, x0, gradients)
        other = Block("", 0, torch.ones_like(x0), torch.ones_like(gradients))
        return [*[other] * self.before, own, *[other] * self.after]

    def rules(self, candidate: Candidate) -> list[Rule]:
        """The rule of each step."""
        return [candidate.rule(self.scenario.options_at(0, k)) for k in range(1, self.steps + 1)]

    def hypers(self, rules: Sequence[Rule]) -> list[dict[Symbol, float]]:
        """The rules' hyperparameters at each step."""
        at = self.scenario.hyper_at
        return [of_rule(rule, at(0, k), self.x0.dtype) for k, rule in enumerate(rules, 1)]


@dataclass(frozen=True)
class Departure:
    """Where a case first leaves the budget.

    Attributes:
        case: up to that step.
        lane: the worst one of the tensor.
        seen: the candidate's value.
        expected: the rule's, from the second oracle where it confirmed it.
        budget: how far they may be apart.
        confirmed: whether the second oracle agrees.
        doubt: why it does not, as the end of a sentence.
    """

    case: Case
    lane: int
    seen: float
    expected: float
    budget: float
    confirmed: bool = False
    doubt: str = ""

    @classmethod
    def of(cls, case: Case, run: Run, part: Part, state: State, lane: int, within: int) -> "Departure":
        """The departure of a lane of a part, which is the lane `within` its tensor."""
        seen, expected, budget = (
            float(torch.as_tensor(values).expand(part.x0.shape).reshape(-1)[lane])
            for values in (part.gather(run.parameters), state.x.mid, state.x.radius)
        )
        return cls(case, within, seen, expected, budget)

    @property
    def ratio(self) -> float:
        """How many budgets the candidate is away."""
        distance = abs(self.seen - self.expected)
        return distance / self.budget if isfinite(self.seen) and self.budget else inf

    def checked(self, candidate: Candidate, start: Mapping[Symbol, Tensor] | None = None) -> "Departure":
        """The same from the second oracle's value, where it has one.

        `start` are the parameter and the state before the last step, if they are the candidate's own.
        """
        try:
            exact = self._exactly(self.case.rules(candidate), start)
        except (ImportError, ArithmeticError) as error:
            return replace(self, doubt=f"the second oracle has no value there: {error}")
        agrees = not isfinite(self.seen) or not abs(exact - self.seen) <= self.budget
        doubt = (
            ""
            if agrees
            else f"by the second oracle the rule gives {float(exact.mid())!r}, which is near enough"
        )
        return replace(self, expected=float(exact.mid()), confirmed=agrees, doubt=doubt)

    def _exactly(self, rules: Sequence[Rule], start: Mapping[Symbol, Tensor] | None) -> Any:
        """The second oracle's enclosure of the lane's last value."""
        from lawful.verify.oracle.confirm import exact_step, exact_trajectory

        case, hypers = self.case, self.case.hypers(rules)
        slopes = case.gradients.to(torch.float64).tolist()
        if start is None:
            found = exact_trajectory(rules, case.x0.to(torch.float64).tolist(), slopes, hypers, case.pieces)[
                -1
            ]
        else:
            values = {s: v.tolist() for s, v in start.items()}
            found = exact_step(rules[-1], values, slopes[-1], hypers, case.pieces)
        return found.reshape(-1)[0 if case.elements else self.lane]
