"""A checkpoint carried over: the first runs, its state is converted, the second goes on where the first would.

The second has run on other weights and gradients before, and longer: nothing of it is right by chance. The first's
rule from where it is and the second's from what was converted are each followed with the budget of their own rounding:
what the two may part by is the sum of both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.arithmetic import arithmetic
from lawful.properties.runs.judging import Part, format_of, of_rule, parts
from lawful.properties.runs.narrow import Arithmetic
from lawful.properties.runs.one_step import FIRST_STEPS, next_state
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.scenarios import Block, Scenario, Shapes, expand
from lawful.properties.translation.converting import code_of, read
from lawful.properties.translation.kept import Kept, Watcher, restored, saved
from lawful.properties.translation.trees import Place, leaves, like, name_of, numbers, rebuilt
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.oracle import Oracle, State

BEFORE, AFTER, ELSEWHERE = FIRST_STEPS, 6, 3
"""Steps before and after, and how many more the second has made of its own."""

SHAPES = (Shapes(((97,), (6, 9), ())), Shapes(((6, 9), (4, 5))))


@dataclass(frozen=True)
class Carried:
    """A state carried over, and how it went on.

    Attributes:
        code: `convert_state`, of the state of one parameter.
        ratio: how far the second went from where the first would have gone, over the sum of both budgets; above 1 it is
            somewhere else.
        steps: how many steps before, and after.
        reason: why it was not tried; "" where it was.
        dtype: of the weights.
        left: what the second saves that changes from step to step, and is nothing of its rule; it stayed as it was.
    """

    code: str = ""
    ratio: float = 0.0
    steps: tuple[int, int] = (BEFORE, AFTER)
    reason: str = ""
    dtype: str = "float64"
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A target as it is to be run: what it follows, its arguments, its hyperparameters.

    Attributes:
        target: the class.
        rule: that it follows so.
        arguments: constructor arguments that choose the rule's conventions, or are fixed.
        setting: hyperparameter → value, which float32 holds.
    """

    target: str
    rule: str
    arguments: Mapping[str, Any]
    setting: Mapping[str, float]

    @property
    def candidate(self) -> Candidate:
        """The target as a candidate."""
        return Candidate.of(self.target, self.rule, self.arguments)

    def used(self) -> Arithmetic:
        """The arithmetic in which it computes in float64."""
        candidate = self.candidate
        return arithmetic(candidate, candidate.plainest, torch.float64, "cpu")


class UnfoundError(Exception):
    """What is kept is not found; the message says of what."""


@dataclass
class Course:
    """One of the two on a scenario: the candidate's run, and its rule's oracle."""

    told: Told
    shapes: Shapes
    dtype: torch.dtype
    used: Arithmetic
    seed: int

    def __post_init__(self) -> None:
        """Constructs it.

        Raises:
            RefusedError: it refuses the tensors.
        """
        self.candidate = self.told.candidate
        self.rule: Rule = find_rule(self.told.rule)
        self.hyper = {s: self.told.setting.get(s.name, d) for s, d in self.rule.defaults.items()}
        steps = BEFORE + max(AFTER, ELSEWHERE)
        self.scenario = Scenario({}, (self.hyper,), steps, (-1.0, 1.0), seed=self.seed, shapes=self.shapes)
        self.blocks: list[Block] = expand(self.scenario, self.dtype)
        path = self.candidate.plainest
        self.oracle = Oracle(self.rule, self.used.of(format_of(self.dtype, path, "cpu")))
        self.parts = parts(self.blocks, "cpu", self.rule)
        self.run = Run(self.candidate, path, self.scenario, self.blocks)
        self.states = [self.oracle.start(p.x0, self.of_part(p), p.pieces) for p in self.parts]

    def of_part(self, part: Part) -> dict[Symbol, float]:
        """Its hyperparameters."""
        return of_rule(self.rule, self.hyper, part.dtype)

    def stepped(self, step: int) -> None:
        """One step, on the scenario's gradients, of the candidate and of the rule beside it."""
        self.run.feed(step)
        self.run.step(step)
        pairs = zip(self.states, self.parts, strict=True)
        self.states = [next_state(self.oracle, state, part, self.of_part(part)) for state, part in pairs]

    def begun(self) -> Kept:
        """The first steps, and where what the rule speaks of is kept.

        Raises:
            UnfoundError: some of it is not found.
            NotOffered: it cannot be saved.
        """
        needed = [self.oracle.read(self.of_part(p), p.x0.shape) for p in self.parts]
        watcher = Watcher(self.rule, self.hyper, self.parts, needed)
        for step in range(1, BEFORE + 1):
            self.stepped(step)
            watcher.watch(self.run, self.states)
        if missing := watcher.missing():
            names = ", ".join(s.name for s in missing)
            raise UnfoundError(f"nothing that {self.told.target} saves is {names} of {self.rule}")
        kept = watcher.kept()
        if any(len(each) < len(self.blocks) for each in kept.quantities.values()):
            raise UnfoundError(f"{self.told.target} keeps other tensors of vectors than of matrices")
        return kept

    def values(self, kept: Kept) -> Mapping[Symbol, list[Tensor]]:
        """The tensors of its state, of each parameter."""
        there = dict(leaves(saved(self.run)))
        found = {s: [numbers(there[own[0]]) for own in places] for s, places in kept.quantities.items()}
        return {s: [n for n in each if n is not None] for s, each in found.items()}

    def from_here(self, kept: Kept) -> None:
        """The rule goes on from where the candidate is, with nothing lost so far."""
        signs = dict.fromkeys(kept.negated, -1)
        values = {s: [signs.get(s, 1) * n for n in each] for s, each in self.values(kept).items()}
        self.states = [
            self._here(part, state, values) for part, state in zip(self.parts, self.states, strict=True)
        ]

    def _here(self, part: Part, state: State, values: Mapping[Symbol, list[Tensor]]) -> State:
        slots = {s: ball for s, ball in state.slots.items() if s in self.rule.state}
        for s in slots.keys() & values.keys():
            own = torch.cat([values[s][i].reshape(-1) for i in _of(part, values[s])])
            slots[s] = self.oracle.ball(own.reshape(torch.as_tensor(slots[s].mid).shape))
        return replace(state, t=BEFORE, x=self.oracle.ball(part.gather(self.run.parameters)), slots=slots)


def _of(part: Part, values: Sequence[Any]) -> Sequence[int]:
    """The parameters of a part."""
    return [i for i in part.members if i < len(values)]


def carried(first: Told, second: Told, states: Mapping[str, str]) -> Carried:
    """A state carried over from one target to the other, and how the second went on, in a worker.

    In float64, or in float32 where one of them computes something there.

    Args:
        first, second: the targets.
        states: state of the second → what it is in terms of the first's, as Python writes it; itself where absent.
    """
    used = [told.used() for told in (first, second)]
    dtype = torch.float64
    if any(each.narrow for each in used):
        dtype, used = torch.float32, [Arithmetic(moving=u.narrow, flushed=u.flushed) for u in used]
    reason = ""
    for shapes in SHAPES:
        try:
            one, two = Course(first, shapes, dtype, used[0], 1), Course(second, shapes, dtype, used[1], 2)
            return replace(_carried(one, two, states), dtype=str(dtype).removeprefix("torch."))
        except (RefusedError, RaisedError, NotOffered, UnfoundError) as error:
            reason = reason or str(error)
    return Carried(reason=reason)


def _carried(first: Course, second: Course, states: Mapping[str, str]) -> Carried:
    kept, other = first.begun(), second.begun()
    for step in range(BEFORE + 1, BEFORE + ELSEWHERE + 1):
        second.stepped(step)
    code = code_of(kept, other, states, first.told.setting)
    _converted(first, kept, second, other, code)
    left = [name_of([place]) for place in other.others]
    return Carried(code, _parted(first, kept, second, other), left=left)


def _converted(first: Course, kept: Kept, second: Course, other: Kept, code: str) -> None:
    """The second's weights and state set to the first's."""
    convert, values = read(code), first.values(kept)
    here = dict(leaves(saved(first.run)))
    counts = {name: numbers(here[places[0]]) for name, places in kept.numbered.items()}
    found: dict[Place, Any] = {}
    tree = saved(second.run)
    there = dict(leaves(tree))
    for i, (p, q) in enumerate(zip(first.run.parameters, second.run.parameters, strict=True)):
        q.data.copy_(p.data)
        given = {kept.names[s]: each[i] for s, each in values.items()} | counts
        made = convert(given, x=p.detach().to(torch.float64), t=float(BEFORE))
        for name, places in other.of_parameter(i).items():
            found |= {
                place: like(there[place], torch.as_tensor(made[name])) for place in places if name in made
            }
    restored(second.run, rebuilt(tree, found))


def _parted(first: Course, kept: Kept, second: Course, other: Kept) -> float:
    """How far the two go apart from where they are, over the sum of both budgets; on the first's gradients."""
    second.blocks[:] = first.blocks
    second.run.blocks, second.parts = first.blocks, first.parts
    first.from_here(kept)
    second.from_here(other)
    worst = 0.0
    for step in range(BEFORE + 1, BEFORE + AFTER + 1):
        first.stepped(step)
        second.stepped(step)
        for part, one, two in zip(first.parts, first.states, second.states, strict=True):
            gap = (part.gather(first.run.parameters) - part.gather(second.run.parameters)).abs()
            budget = torch.as_tensor(one.x.radius) + torch.as_tensor(two.x.radius)
            worst = max(worst, float(torch.nan_to_num(gap / budget, 0.0, torch.inf).max()))
    return worst
