"""A candidate watched on a scenario: along the rule's trajectory, or one step at a time from its own state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import TRAJECTORIES, Part, Tally, format_of, of_rule, parts, trajectory
from lawful.properties.runs.one_step import FIRST_STEPS, Reader, here, next_state
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario, expand
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.forms import PLAIN, Form
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.oracle import Oracle, State

UNREAD = 257
"""How long a run is at most, of which every step must be computed."""

VACUOUS = 0.05
"""The share of comparisons without verdict from which steps are judged one by one."""

expanded = lru_cache(maxsize=32)(expand)
"""The tensors of a scenario, kept so that all paths of a dtype share them; nothing writes to them."""


@dataclass(frozen=True)
class Sight:
    """A part of a run after a step, and what the rule says of it.

    Attributes:
        run: the candidate's.
        part: which of its lanes.
        step: from 1.
        before: the candidate's values before the step.
        seen: and after it.
        expected: the rule's state, with its budget.
        start: the candidate's own state before the step, from which `expected` is; None along a trajectory.
    """

    run: Run
    part: Part
    step: int
    before: Tensor
    seen: Tensor
    expected: State
    start: State | None = None

    @property
    def budget(self) -> Tensor:
        """Of each lane that is judged."""
        radius = torch.as_tensor(self.expected.x.radius, dtype=torch.float64).expand(self.seen.shape)
        return self.judged(radius)

    @property
    def distance(self) -> Tensor:
        """From the rule's value, of each lane that is judged; infinite where the candidate has no finite one."""
        return self.judged(torch.nan_to_num(self.expected.x.distance(self.seen), torch.inf, torch.inf))

    @property
    def moved(self) -> Tensor:
        """How far the rule has moved each lane that is judged: from the first value on, or in this step."""
        since = self.part.x0.to(torch.float64) if self.start is None else torch.as_tensor(self.start.x.mid)
        return self.judged((torch.as_tensor(self.expected.x.mid) - since).abs())

    def judged(self, values: Tensor) -> Tensor:
        """A number of each lane without those of other groups."""
        return values.reshape(-1)[: values.numel() - self.part.others]


@dataclass(frozen=True)
class Suspicion:
    """The worst lane of the first step at which a candidate leaves its budget."""

    sight: Sight
    lane: int

    @property
    def where(self) -> str:
        """In words: `at step 3, in element 5 of the second group`."""
        block, index = self.sight.part.locate(self.lane, self.sight.run.blocks)
        own = " from its own state" if self.sight.start else ""
        return f"at step {self.sight.step}{own}, in element {index} of {block.name}"

    @property
    def of_a_step(self) -> float:
        """The deviation as a share of the step that the rule makes there; infinite where it makes none."""
        sight = self.sight
        mid = torch.as_tensor(sight.expected.x.mid).expand(sight.seen.shape)
        step = float((mid - sight.before).abs().reshape(-1)[self.lane])
        return float(sight.distance[self.lane]) / step if step else torch.inf


@dataclass
class Watch:
    """A candidate on one scenario.

    Args:
        candidate: with the rule that it claims.
        path: constructor arguments that choose the way to run.
        dtype: of the parameters that are judged.
        device: where they live.
        scenario: the scenario.
        fmt: the format whose budget is granted, if it is not that of the path.
        blocks: other tensors than the scenario's own.
        form: of the rule, where several are one as long as the hyperparameters stay what they are.
        reads: whether the candidate's state is looked for even where nothing shows that it will be asked for.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    dtype: torch.dtype
    device: str
    scenario: Scenario
    fmt: Format | None = None
    blocks: list[Block] | None = None
    form: Form = PLAIN
    reads: bool = False
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Expands the scenario's lanes."""
        self.own = self.blocks is None
        self.tensors = expanded(self.scenario, self.dtype) if self.blocks is None else self.blocks
        self.rule = self.candidate.rule(self.scenario.options)
        self.format = self.fmt or format_of(self.dtype, self.path, self.device)
        self.format = self.format.tensor_scalars() if self.scenario.tensor_rate else self.format
        self.parts = [p for p in parts(self.tensors, self.device, self.rule) if p.dtype is self.dtype]
        self.readers = [
            Reader(self._oracle(part, 1).read(self._hyper(part, 1), part.x0.shape)) for part in self.parts
        ]

    @property
    def readable(self) -> bool:
        """Whether the candidate's state was looked for and found, of some tensors at least."""
        return any(reader.names() is not None for reader in self.readers)

    @property
    def leaps(self) -> bool:
        """Whether a step can be judged without those before it: all state was found, and it is in tensors."""
        numbers = self.rule.state.keys() - self.rule.tensors
        return not numbers and all(reader.names() is not None for reader in self.readers)

    def along(self) -> Iterator[Sight]:
        """From the first value on, with nothing but the parameters; not to the end of a long run, of which some steps
        are judged one by one if they can be. The candidate's state is looked for where it will be asked for."""
        run, before = self._run(), [part.x0.to(torch.float64) for part in self.parts]
        judged = self.scenario.judged
        paths: list[list[State]] = []
        for step in run.steps():
            if judged and step > FIRST_STEPS and (self.leaps or step > UNREAD):
                return
            if judged and step > FIRST_STEPS and step not in judged:
                continue
            if step == 1 or step > len(paths[0]):
                upto = (
                    min(self.scenario.steps, FIRST_STEPS if step == 1 else UNREAD)
                    if judged
                    else self.scenario.steps
                )
                paths = [self._states(part, upto) for part in self.parts]
                self.reads = self.reads or bool(judged) or _vacuous(paths) > VACUOUS
            for index, (part, path) in enumerate(zip(self.parts, paths, strict=True)):
                if self.reads and step <= FIRST_STEPS:
                    self.readers[index].watch(run, part, path[step - 1])
                seen = part.gather(run.parameters)
                yield Sight(run, part, step, before[index], seen, path[step - 1])
                before[index] = seen

    def one_by_one(self) -> Iterator[Sight]:
        """Each step, or each that is judged, from the candidate's own state before it, of the tensors whose state was
        found."""
        run, expected = self._run(), [self._first(part) for part in self.parts]
        judged = self.scenario.judged or range(1, self.scenario.steps + 1)
        starts: list[State | None] = [None] * len(self.parts)
        found = [
            (i, self.parts[i], names) for i, r in enumerate(self.readers) if (names := r.names()) is not None
        ]
        for step in run.steps():
            for index, part, names in found:
                if step in judged:
                    start = starts[index]
                    before = part.x0.to(torch.float64) if start is None else torch.as_tensor(start.x.mid)
                    yield Sight(run, part, step, before, part.gather(run.parameters), expected[index], start)
                if step + 1 in judged:
                    oracle, last = self._oracle(part, step + 1), replace(expected[index], t=step)
                    starts[index] = now = here(oracle, run, part, names, last)
                    expected[index] = next_state(oracle, now, part, self._hyper(part, step + 1))

    def suspicion(self, sight: Sight) -> Suspicion | None:
        """Counts what was compared; the worst lane if it leaves its budget."""
        ratio = self.tally.add(sight.expected.x, sight.seen, sight.part.others)
        return Suspicion(sight, int(ratio.argmax())) if float(ratio.max()) > 1.0 else None

    def first(self, sights: Iterator[Sight]) -> Suspicion | None:
        """The first of some sights in which a lane leaves its budget."""
        return next((found for sight in sights if (found := self.suspicion(sight))), None)

    def _first(self, part: Part) -> State:
        oracle, hyper = self._oracle(part, 1), self._hyper(part, 1)
        return oracle.step(oracle.start(part.x0, hyper, part.pieces), part.gradients[0], hyper)

    def _run(self) -> Run:
        return Run(self.candidate, self.path, self.scenario, self.tensors, self.device)

    def _rule(self, part: Part, step: int) -> Rule:
        return self.form.of(self.candidate.rule(self.scenario.options_at(part.group, step)))

    def _oracle(self, part: Part, step: int) -> Oracle:
        return TRAJECTORIES.oracle(self._rule(part, step), self.format)

    def _states(self, part: Part, steps: int) -> list[State]:
        scenario = replace(self.scenario, steps=steps)
        if self.own:
            return TRAJECTORIES.of(partial(self._rule, part), self.format, part, scenario)
        return trajectory(partial(self._oracle, part), part, scenario)

    def _hyper(self, part: Part, step: int) -> dict[Symbol, float]:
        return of_rule(self._rule(part, step), self.scenario.hyper_at(part.group, step), part.dtype)


def _vacuous(paths: list[list[State]]) -> float:
    """The share of what trajectories say that is without verdict."""
    lost = [
        ~(torch.as_tensor(s.x.radius) < torch.inf).expand_as(torch.as_tensor(s.x.mid))
        for p in paths
        for s in p
    ]
    return float(torch.cat([each.reshape(-1) for each in lost]).double().mean()) if lost else 0.0
