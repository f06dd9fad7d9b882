"""Conformance: every step of a candidate stays within the error budget of the rule that it claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from sympy import Symbol

from lawful.properties.checks import Journal, Property, Settings
from lawful.properties.counterexamples.cases import Case, Departure
from lawful.properties.counterexamples.counterexamples import counterexample
from lawful.properties.counterexamples.explaining import explained
from lawful.properties.counterexamples.rerun import Rerun
from lawful.properties.outputs import departure
from lawful.properties.runs.judging import TRAJECTORIES, Part, Tally, format_of, of_rule, parts
from lawful.properties.runs.one_step import FIRST_STEPS, Reader, next_state
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.runs.summary import exercised, refusal_notes
from lawful.properties.scenarios.drawing import PROFILES, Profile, asked
from lawful.properties.scenarios.scenarios import Scenario, expand
from lawful.properties.scenarios.strategies import plan
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.oracle import Oracle, State


@dataclass
class Conformance:
    """The check of one candidate on one path, dtype and device.

    Args:
        candidate: with the rule that it claims.
        path: constructor arguments that choose the way to run.
        dtype: of the parameters that are judged.
        device: where they live.
        profile: how much is drawn.
        seed: of what is drawn.
        journal: told what is being tried.
        shrinking: whether a finding is told of the smallest case that shows it, or as it was seen.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    dtype: torch.dtype
    device: str
    profile: Profile
    seed: int
    journal: Journal
    shrinking: bool = False
    tally: Tally = field(default_factory=Tally)
    notes: list[str] = field(default_factory=list)
    seen: list[Scenario] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    finding: Finding | None = None
    failing: Scenario | None = None
    raised: bool = False

    def evidence(self) -> Evidence:
        """Runs until the first finding, or until everything that the profile asks for is done."""
        scenarios = asked(self.candidate, self.profile, self.seed, self.low)
        try:
            self._run(next(scenarios))
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
        while self.finding is None and (scenario := next(scenarios, None)):
            self._try(scenario)
        return self._conclusion()

    @property
    def low(self) -> bool:
        """Whether the format is too narrow for extreme scales."""
        return self.dtype is torch.float16

    def rerun(self) -> Rerun:
        """For smaller counterexamples, with about as many steps as the check itself may take."""
        sources = plan(self.candidate, self.profile.steps, self.low) if self.shrinking else []
        return Rerun(self.candidate, self.path, self.dtype, self.device, len(sources) * self.profile.steps[1])

    def _try(self, scenario: Scenario) -> None:
        try:
            self._run(scenario)
        except RefusedError as refusal:
            self.refusals.append(str(refusal))

    def _run(self, scenario: Scenario) -> None:
        self.journal(scenario)
        try:
            if found := first_departure(self, scenario):
                self.finding, self.failing = found, scenario
        except RaisedError as error:
            self.finding = Finding(f"{error}", details=repr(scenario))
            self.raised = True
        self.seen.append(scenario)

    def named(self, evidence: Evidence) -> Evidence:
        """With the finding told as the convention or slip that it is."""
        if self.failing is None:
            return evidence
        words = explained(self.candidate, self.failing.options, self.path, self.device)
        return replace(evidence, findings=[replace(f, message=f.message + words) for f in evidence.findings])

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
    profile = PROFILES[settings.profile]
    conformance = Conformance(
        candidate, path, dtype, check.device, profile, settings.seed, journal, shrinking=True
    )
    evidence = conformance.evidence()
    return evidence if settings.profile == "quick" else conformance.named(evidence)


conformance = Property(
    "conformance", "Every step stays within the error budget of the rule.", follows_its_rule, everywhere=True
)


def first_departure(check: Conformance, scenario: Scenario) -> Finding | None:
    """The first step and the worst lane at which the candidate leaves the budget, if it does.

    Where the budget of a whole trajectory has become infinite for many lanes, as it does when a gradient depends on the
    parameter through L2, the scenario is run again one step at a time, if the candidate's state can be read.
    """
    watch = Watch(check, scenario)
    try:
        finding = watch.trajectory()
        if finding is None and watch.vacuous > VACUOUS and watch.readable:
            finding = watch.one_step()
        return finding
    finally:
        check.tally.absorb(watch.tally)


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
        ratio = self.tally.add(state.x, seen, part.others)
        if not float(ratio.max()) > 1.0:
            return None
        return self._finding(run, part, state, step, int(ratio.argmax()), one_step)

    def _finding(self, run: Run, part: Part, state: State, step: int, lane: int, one_step: bool) -> Finding:
        block, index = part.locate(lane, run.blocks)
        case = Case.of(self.scenario, self.rule, part, step, lane)
        found = Departure.of(case, run, part, state, lane, 0 if case.elements else lane)
        found = found if one_step else found.checked(self.rule)
        seldom = " from its own state" if one_step else ""
        where = f"leaves {self.rule} at step {step}{seldom}, in lane {index} of {block.name}"
        self.check.journal(f"shrinking: {where}")
        example = counterexample(
            self.check.rerun(), found, f"lane {index} of {block.name}", self.scenario.seed
        )
        return Finding(f"{where}: {found.ratio:.3g} budgets away.", example)
