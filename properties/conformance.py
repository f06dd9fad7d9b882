"""Conformance: every step of a candidate stays within the error budget of the rule that it claims."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.checks import Journal, Property, Settings
from lawful.properties.defaults import default_scenario
from lawful.properties.drawing import drawn
from lawful.properties.explaining import explained
from lawful.properties.judging import Part, Tally, Trajectories, format_of, of_rule, parts
from lawful.properties.one_step import FIRST_STEPS, Reader, next_state
from lawful.properties.outputs import departure
from lawful.properties.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios import Scenario, expand, plan
from lawful.properties.summary import exercised, refusal_notes
from lawful.verify.candidate import Candidate
from lawful.verify.evidence import Check, Counterexample, Evidence, Finding, Verdict, Whole
from lawful.verify.formats import Format
from lawful.verify.oracle import Oracle, State
from lawful.verify.rule import Rule

TRAJECTORIES = Trajectories()


@dataclass(frozen=True)
class Profile:
    """How much is drawn.

    Attributes:
        examples: scenarios with everything drawn.
        pinned: scenarios for each option and each value of it.
        steps: least and most steps of a scenario.
        long: steps of the one long scenario (past bfloat16's 256).
    """

    examples: int
    pinned: int
    steps: tuple[int, int]
    long: int


PROFILES = {
    "quick": Profile(2, 1, (6, 10), 0),
    "default": Profile(5, 1, (8, 20), 0),
    "thorough": Profile(100, 10, (8, 60), 600),
}


@dataclass
class Conformance:
    """The check of one candidate on one path, dtype and device."""

    candidate: Candidate
    path: Mapping[str, Any]
    dtype: torch.dtype
    device: str
    profile: Profile
    seed: int
    journal: Journal
    tally: Tally = field(default_factory=Tally)
    notes: list[str] = field(default_factory=list)
    seen: list[Scenario] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    finding: Finding | None = None
    raised: bool = False

    def evidence(self) -> Evidence:
        """Runs until the first finding, or until everything that the profile asks for is done."""
        first = default_scenario(self.candidate, self.seed)
        try:
            self._run(first)
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
        for source in plan(self.candidate, self.profile.steps, self.dtype is torch.float16):
            for scenario in drawn(
                source, self.profile.pinned if source.generic else self.profile.examples, self.seed
            ):
                if self.finding is None:
                    self._try(scenario)
        return self._conclusion()

    def _try(self, scenario: Scenario) -> None:
        try:
            self._run(scenario)
        except RefusedError as refusal:
            self.refusals.append(str(refusal))

    def _run(self, scenario: Scenario) -> None:
        self.journal(scenario)
        try:
            if found := first_departure(self, scenario):
                words = explained(self.candidate, scenario.options, self.path, self.device)
                self.finding = replace(found, message=found.message + words)
        except RaisedError as error:
            self.finding = Finding(f"{error}", details=repr(scenario))
            self.raised = True
        self.seen.append(scenario)

    def _conclusion(self) -> Evidence:
        decided = self.tally.comparisons - self.tally.no_verdict
        verdict = Verdict.UNLAWFUL if self.finding else Verdict.LAWFUL if decided else Verdict.INCONCLUSIVE
        verdict = Verdict.CRASHED if self.raised else verdict
        return Evidence(
            verdict,
            worst=self.tally.worst,
            median=self.tally.median,
            comparisons=self.tally.comparisons,
            no_verdict=self.tally.no_verdict,
            scenarios=len(self.seen),
            exercised=exercised(self.seen),
            notes=[*self.notes, *refusal_notes(self.refusals)],
            findings=[self.finding] if self.finding else [],
        )


def follows_its_rule(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Every step stays within the error budget of the rule that the candidate claims."""
    path, dtype = candidate.paths[check.path], getattr(torch, check.dtype)
    return Conformance(
        candidate, path, dtype, check.device, PROFILES[settings.profile], settings.seed, journal
    ).evidence()


conformance = Property(
    "conformance", "Every step stays within the error budget of the rule.", follows_its_rule, everywhere=True
)


def first_departure(check: Conformance, scenario: Scenario) -> Finding | None:
    """The first step and the worst lane at which the candidate leaves the budget, if it does.

    Where the budget of a whole trajectory has become infinite for many lanes, as it does when a gradient depends on the
    parameter through L2, the scenario is run again one step at a time, if the candidate's state can be read.
    """
    watch = Watch(check, scenario)
    finding = watch.trajectory()
    if finding is None and watch.vacuous > VACUOUS and watch.readable:
        finding = watch.one_step()
    return finding


VACUOUS = 0.05
"""The share of comparisons without verdict from which steps are judged one by one."""


class Watch:
    """One scenario of a check."""

    def __init__(self, check: Conformance, scenario: Scenario) -> None:
        """Expands the scenario's lanes."""
        self.check, self.scenario = check, scenario
        self.blocks = expand(scenario, check.dtype)
        self.rule = check.candidate.rule(scenario.options)
        self.parts = [p for p in parts(self.blocks, check.device, self.rule) if p.dtype is check.dtype]
        self.readers = [
            Reader(self._oracle(part).read(self._hyper(part, 1), part.x0.shape)) for part in self.parts
        ]
        self.tally = Tally()

    @property
    def vacuous(self) -> float:
        """The share of comparisons without verdict."""
        return self.tally.no_verdict / max(self.tally.comparisons, 1)

    @property
    def readable(self) -> bool:
        """Whether the candidate's state was found, of some tensors at least."""
        return any(reader.names() is not None for reader in self.readers)

    def trajectory(self) -> Finding | None:
        """From the first value on, with nothing but the parameters."""
        run = self._run()
        states: list[list[State]] = []
        for step in run.steps():
            states = states or [self._states(part) for part in self.parts]
            for part, reader, path in zip(self.parts, self.readers, states, strict=True):
                if step <= FIRST_STEPS:
                    reader.watch(run, part, path[step - 1])
                if finding := self._compare(run, part, path[step - 1], step):
                    return finding
                tally = self.check.tally
                if finding := departure(self.rule, run, part, path[step - 1], step, tally):
                    return finding
        return None

    def one_step(self) -> Finding | None:
        """Each step from the candidate's own state before it, of the tensors whose state was found."""
        run, expected = self._run(), [self._first(part) for part in self.parts]
        for step in run.steps():
            for index, (part, reader) in enumerate(zip(self.parts, self.readers, strict=True)):
                if (names := reader.names()) is None:
                    continue
                if finding := self._compare(run, part, expected[index], step, one_step=True):
                    return finding
                if step < self.scenario.steps:
                    hyper = self._hyper(part, step + 1)
                    expected[index] = next_state(self._oracle(part), run, part, names, expected[index], hyper)
        return None

    def _first(self, part: Part) -> State:
        oracle, hyper = self._oracle(part), self._hyper(part, 1)
        return oracle.step(oracle.start(part.x0, hyper), part.gradients[0], hyper)

    def _run(self) -> Run:
        return Run(self.check.candidate, self.check.path, self.scenario, self.blocks, self.check.device)

    def _format(self, part: Part) -> Format:
        return format_of(part.dtype, self.check.path, self.check.device)

    def _oracle(self, part: Part) -> Oracle:
        return TRAJECTORIES.oracle(self.rule, self._format(part))

    def _states(self, part: Part) -> list[State]:
        return TRAJECTORIES.of(self.rule, self._format(part), part, self.scenario)

    def _hyper(self, part: Part, step: int) -> dict[Symbol, float]:
        return of_rule(self.rule, self.scenario.hyper_at(part.group, step), part.dtype)

    def _compare(
        self, run: Run, part: Part, state: State, step: int, one_step: bool = False
    ) -> Finding | None:
        seen = part.gather(run.parameters)
        ratio = self.check.tally.add(state.x, seen, part.others)
        self.tally.add(state.x, seen, part.others)
        if not float(ratio.max()) > 1.0:
            return None
        return _finding(
            self.check, self.scenario, self.rule, run, part, state, step, int(ratio.argmax()), one_step
        )


def _finding(
    check: Conformance,
    scenario: Scenario,
    rule: Rule,
    run: Run,
    part: Part,
    state: State,
    step: int,
    lane: int,
    one_step: bool,
) -> Finding:
    block, index = part.locate(lane, run.blocks)
    gradients = [float(v) for v in part.gradients[:step].reshape(step, -1)[:, lane]]
    hypers = [of_rule(rule, scenario.hyper_at(part.group, k), part.dtype) for k in range(1, step + 1)]
    seen = float(part.gather(run.parameters).reshape(-1)[lane])
    budget = float(torch.as_tensor(state.x.radius).expand(part.x0.shape).reshape(-1)[lane])
    start = float(part.x0.reshape(-1)[lane])
    screened = float(torch.as_tensor(state.x.mid).reshape(-1)[lane]), False
    second = None if one_step else _confirmed(rule, *told(part, step, lane, rule), hypers, seen, budget)
    expected, confirmed = second or screened
    ratio = abs(seen - expected) / budget if math.isfinite(seen) and budget else math.inf
    seldom = " from its own state" if one_step else ""
    message = (
        f"leaves {rule} at step {step}{seldom}, in lane {index} of {block.name}: {ratio:.3g} budgets away."
    )
    constructor = {
        **run.arguments,
        **(check.candidate.group(scenario.hypers[part.group]) if part.group else {}),
    }
    return Finding(
        message,
        Counterexample(
            constructor, start, gradients, _changes(scenario, part, step), step, index, block.name,
            expected, seen, budget, ratio, confirmed, scenario.seed, _whole(rule, part, step, lane),
        ),
    )  # fmt: skip


def _whole(rule: Rule, part: Part, step: int, lane: int) -> Whole | None:
    """The tensor around a lane; of a rule that looks at all tensors, all of them as one."""
    if rule.scope == "lane":
        return None
    return Whole(part.x0.tolist(), part.gradients[:step].tolist(), lane)


def _changes(scenario: Scenario, part: Part, step: int) -> dict[int, dict[str, float]]:
    """Step → the learning rate that is set before it."""
    return {
        k: {s.name: v for s, v in scenario.hyper_at(part.group, k).items() if s.name == "lr"}
        for k in scenario.changes
        if k <= step
    }


def told(part: Part, step: int, lane: int, rule: Rule) -> tuple[Tensor, Tensor, int]:
    """First value, gradients and the lane's index: of the lane alone, if its rule does not look at others."""
    x0, gradients = part.x0.to(torch.float64), part.gradients[:step].to(torch.float64)
    return (x0[lane], gradients[:, lane], 0) if rule.scope == "lane" else (x0, gradients, lane)


def _confirmed(
    rule: Rule,
    x0: Tensor,
    gradients: Tensor,
    lane: int,
    hypers: list[dict[Symbol, float]],
    seen: float,
    budget: float,
) -> tuple[float, bool] | None:
    """The value of the second oracle, and whether the candidate is beyond the budget from it; None without it."""
    try:
        from lawful.verify.confirm import exact_trajectory

        value = exact_trajectory(rule, x0.tolist(), gradients.tolist(), hypers)[-1].reshape(-1)[lane]
    except (ImportError, ArithmeticError):
        return None
    return float(value.mid()), not abs(value - seen) <= budget if math.isfinite(seen) else True
