"""A checkpoint carried over: the first runs, its state is converted, the second goes on where the first would.

The first's rule from where it is and the second's from what was converted are each followed with the budget of their
own rounding: what the two may part by is the sum of both.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Part, format_of, of_rule, parts
from lawful.properties.runs.one_step import FIRST_STEPS, Reader, here, next_state
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.scenarios import Block, Scenario, Shapes, expand
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.oracle import Oracle, State

BEFORE, AFTER = FIRST_STEPS, 6
SHAPES = (Shapes(((97,), (6, 9), ())), Shapes(((6, 9), (4, 5))))
DTYPE = torch.float64


@dataclass(frozen=True)
class Carried:
    """A state carried over, and how it went on.

    Attributes:
        code: `convert_state`, of the state of one parameter.
        ratio: how far the second went from where the first would have gone, over the sum of both budgets; above 1 it is
            somewhere else.
        steps: how many steps before, and after.
        reason: why it was not tried; "" where it was.
    """

    code: str = ""
    ratio: float = 0.0
    steps: tuple[int, int] = (BEFORE, AFTER)
    reason: str = ""


@dataclass(frozen=True)
class Told:
    """A target as it is to be run: what it follows, its arguments, its hyperparameters.

    Attributes:
        target: the class.
        rule: that it follows so.
        arguments: constructor arguments that choose the rule's conventions, or are fixed.
        setting: hyperparameter → value.
    """

    target: str
    rule: str
    arguments: Mapping[str, Any]
    setting: Mapping[str, float]


@dataclass
class Course:
    """One of the two on a scenario: the candidate's run, its rule's oracle, and the names of its state."""

    told: Told
    shapes: Shapes

    def __post_init__(self) -> None:
        """Constructs it.

        Raises:
            RefusedError: it refuses the tensors.
        """
        self.candidate = Candidate.of(self.told.target, self.told.rule, self.told.arguments)
        self.rule: Rule = find_rule(self.told.rule)
        self.hyper = {s: self.told.setting.get(s.name, d) for s, d in self.rule.defaults.items()}
        self.scenario = Scenario({}, (self.hyper,), BEFORE + AFTER, (-1.0, 1.0), seed=1, shapes=self.shapes)
        self.blocks: list[Block] = expand(self.scenario, DTYPE)
        self.oracle = Oracle(self.rule, format_of(DTYPE, self.path, "cpu"))
        self.parts = parts(self.blocks, "cpu", self.rule)
        self.run = Run(self.candidate, self.path, self.scenario, self.blocks)

    @property
    def path(self) -> Mapping[str, Any]:
        """Its plainest way to run."""
        return self.candidate.plainest

    def of_part(self, part: Part) -> dict[Symbol, float]:
        """Its hyperparameters."""
        return of_rule(self.rule, self.hyper, part.dtype)

    def begun(self) -> list[tuple[State, Mapping[Symbol, str]]] | None:
        """The rule's state after the first steps, and the names of what is kept; None where these are not found."""
        readers = [Reader(self.oracle.read(self.of_part(p), p.x0.shape)) for p in self.parts]
        states = [self.oracle.start(p.x0, self.of_part(p)) for p in self.parts]
        for step in range(1, BEFORE + 1):
            self.stepped(step)
            states = [self.further(state, part) for state, part in zip(states, self.parts, strict=True)]
            for reader, part, state in zip(readers, self.parts, states, strict=True):
                reader.watch(self.run, part, state)
        names = [reader.names() for reader in readers]
        return (
            None if None in names else [(s, n) for s, n in zip(states, names, strict=True) if n is not None]
        )

    def stepped(self, step: int) -> None:
        """One step, on the scenario's gradients."""
        self.run.feed(step)
        self.run.step(step)

    def further(self, state: State, part: Part) -> State:
        """Where its rule is after one more step, with what rounding may add."""
        return next_state(self.oracle, state, part, self.of_part(part))

    def kept(self) -> list[dict[str, Any]]:
        """What it keeps of each parameter."""
        return [self.run.optimizer.state[p] for p in self.run.parameters]


def carried(first: Told, second: Told, states: Mapping[str, str]) -> Carried:
    """A state carried over from one target to the other, and how the second went on, in a worker.

    Args:
        first, second: the targets.
        states: state of the second → what it is in terms of the first's, as Python writes it; itself where absent.
    """
    reason = "neither takes these tensors"
    for shapes in SHAPES:
        try:
            return _carried(Course(first, shapes), Course(second, shapes), states)
        except (RefusedError, RaisedError) as error:
            reason = str(error)
        except (AttributeError, KeyError):
            return Carried(reason="it keeps no state for each parameter, as torch's optimizers do")
    return Carried(reason=reason)


def _carried(first: Course, second: Course, states: Mapping[str, str]) -> Carried:
    began, other = first.begun(), second.begun()
    if began is None or other is None:
        return Carried(reason="it was not found under which names the state is kept")
    names = {s.name: n for _, known in began for s, n in known.items()}
    renamed = {s.name: n for _, known in other for s, n in known.items()}
    code = code_of(names, renamed, states, first.told.setting)
    convert = read(code)
    second = Course(second.told, second.shapes)
    second.stepped(1)  # what it keeps is there from then on
    for p, q, kept in zip(first.run.parameters, second.run.parameters, second.kept(), strict=True):
        q.data.copy_(p.data)
        kept.update(convert({**kept, **deepcopy(first.run.optimizer.state[p])}))
    ratio = _parted(first, second, [s for s, _ in began], [n for _, n in began], [n for _, n in other])
    return Carried(code, ratio)


def _parted(
    first: Course,
    second: Course,
    expected: list[State],
    names: list[Mapping[Symbol, str]],
    renamed: list[Mapping[Symbol, str]],
) -> float:
    """How far the two go apart from where they are, over the sum of both budgets."""
    ways = [
        [_from_here(course, *held) for held in zip(course.parts, kept, expected, strict=True)]
        for course, kept in ((first, names), (second, renamed))
    ]
    worst = 0.0
    for step in range(BEFORE + 1, BEFORE + AFTER + 1):
        for course, way in zip((first, second), ways, strict=True):
            course.stepped(step)
            way[:] = [course.further(state, part) for state, part in zip(way, course.parts, strict=True)]
        for part, one, other in zip(first.parts, *ways, strict=True):
            gap = (part.gather(first.run.parameters) - part.gather(second.run.parameters)).abs()
            worst = max(worst, float(_ratio(gap, one, other).max()))
    return worst


def _from_here(course: Course, part: Part, names: Mapping[Symbol, str], state: State) -> State:
    slots = {s: b for s, b in state.slots.items() if s in course.rule.state}
    like = {s: slots.get(s, state.x) for s in names}
    return here(course.oracle, course.run, part, names, replace(state, slots={**slots, **like}))


def _ratio(gap: Tensor, one: State, other: State) -> Tensor:
    budget = torch.as_tensor(one.x.radius) + torch.as_tensor(other.x.radius)
    return torch.nan_to_num(gap / budget, 0.0, torch.inf)


def code_of(
    names: Mapping[str, str],
    renamed: Mapping[str, str],
    states: Mapping[str, str],
    setting: Mapping[str, float],
) -> str:
    """A function that converts what is kept of one parameter: what has no meaning of its own stays as it is there."""
    used = sorted(s for s in setting if any(_names(code) & {s} for code in states.values()))
    lines = [f"    {s} = {setting[s]!r}" for s in used]
    lines += [f'    {s} = a_state["{n}"]' for s, n in names.items()]
    lines += [f'    b_state["{n}"] = {states.get(s, s)}' for s, n in renamed.items()]
    return "\n".join(
        ["def convert_state(a_state):", "    b_state = dict(a_state)", *lines, "    return b_state", ""]
    )


def _names(code: str) -> set[str]:
    return set(compile(code, "", "eval").co_names)


def read(code: str) -> Any:
    """The function that a text defines."""
    import math

    found: dict[str, Any] = {"math": math}
    exec(code, found)
    return found["convert_state"]
