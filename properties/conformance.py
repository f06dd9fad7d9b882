"""Conformance: every step of a candidate stays within the error budget of the rule that it claims."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis
import torch
from hypothesis import HealthCheck, Phase, Verbosity
from sympy import Symbol

from lawful.properties.checks import Journal, Property, Settings
from lawful.properties.judging import Part, Tally, Trajectories, format_of, parts
from lawful.properties.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios import Draw, Scenario, expand, plan, scenarios
from lawful.verify.candidate import Candidate
from lawful.verify.evidence import Check, Counterexample, Evidence, Finding, Verdict
from lawful.verify.oracle import State
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
        start = time.perf_counter()
        first = default_scenario(self.candidate, self.seed)
        try:
            self._run(first)
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
        for source in plan(self.candidate, self.profile.steps, self.dtype is torch.float16):
            self._explore(source, self.profile.pinned if source.generic else self.profile.examples)
        return self._conclusion(time.perf_counter() - start)

    def _explore(self, source: Draw, count: int) -> None:
        @hypothesis.seed(self.seed)
        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @hypothesis.given(scenarios(source))
        def each(scenario: Scenario) -> None:
            if self.finding is None:
                self._try(scenario)

        each()

    def _try(self, scenario: Scenario) -> None:
        try:
            self._run(scenario)
        except RefusedError as refusal:
            self.refusals.append(str(refusal))

    def _run(self, scenario: Scenario) -> None:
        self.journal(scenario)
        try:
            self.finding = self.finding or first_departure(self, scenario)
        except RaisedError as error:
            self.finding = Finding(f"{error}", details=repr(scenario))
            self.raised = True
        self.seen.append(scenario)

    def _conclusion(self, seconds: float) -> Evidence:
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
            notes=[*self.notes, *_refusal_notes(self.refusals)],
            findings=[self.finding] if self.finding else [],
            seconds=seconds,
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
    """The first step and the worst lane at which the candidate leaves the budget, if it does."""
    blocks = expand(scenario, check.dtype)
    rule = check.candidate.rule(scenario.options)
    run = Run(check.candidate, check.path, scenario, blocks, check.device)
    watched = parts(blocks, check.device)
    truth: list[list[State]] = []
    for step in run.steps():
        truth = truth or [_truth(check, rule, part, scenario) for part in watched]
        for part, states in zip(watched, truth, strict=True):
            ratio = check.tally.add(states[step - 1], part.gather(run.parameters))
            if float(ratio.max()) > 1.0:
                return _finding(check, scenario, rule, run, part, states[step - 1], step, int(ratio.argmax()))
    return None


def _truth(check: Conformance, rule: Rule, part: Part, scenario: Scenario) -> list[State]:
    return TRAJECTORIES.of(rule, format_of(part.dtype, check.path, check.device), part, scenario)


def _finding(
    check: Conformance, scenario: Scenario, rule: Rule, run: Run, part: Part, state: State, step: int, lane: int
) -> Finding | None:
    block, index = part.locate(lane, run.blocks)
    gradients = [float(v) for v in part.gradients[:step, lane]]
    hypers = [{s: scenario.hyper_at(part.group, k)[s] for s in rule.hyperparameters} for k in range(1, step + 1)]
    seen = float(part.gather(run.parameters)[lane])
    budget = float(torch.as_tensor(state.x.radius).expand(part.x0.shape)[lane])
    expected, confirmed = _confirmed(rule, float(part.x0[lane]), gradients, hypers, float(state.x.mid[lane]), budget)
    ratio = abs(seen - expected) / budget if math.isfinite(seen) and budget else math.inf
    message = (
        f"leaves {rule} at step {step}: x is {seen:.9g} where the rule gives {expected:.9g} "
        f"± {budget:.1e} ({ratio:.3g} budgets away), in {block.name}."
    )
    constructor = {**run.arguments, **(check.candidate.group(scenario.hypers[part.group]) if part.group else {})}
    changes = {k: {"lr × ": f} for k, f in scenario.schedule.items() if k <= step}
    return Finding(
        message,
        Counterexample(
            constructor, float(part.x0[lane]), gradients, changes, step, index, block.name,
            expected, seen, budget, ratio, confirmed, scenario.seed,
        ),
    )  # fmt: skip


def _confirmed(
    rule: Rule, x0: float, gradients: list[float], hypers: list[Mapping[Symbol, float]], screened: float, budget: float
) -> tuple[float, bool]:
    """The value of the second oracle, and whether the first agrees with it; the first's where there is no second."""
    try:
        from lawful.verify.confirm import exact_trajectory

        value = exact_trajectory(rule, x0, gradients, hypers)[-1]
    except (ImportError, ArithmeticError):
        return screened, False
    exact = float(value.mid())
    return exact, abs(exact - screened) <= 1e-3 * budget + 1e-14 * abs(exact)


def default_scenario(candidate: Candidate, seed: int) -> Scenario:
    """The candidate constructed without arguments: its own defaults, or the rule's where it has none.

    Where its own defaults are another rule (Adam as AMSGrad), or an argument is required, arguments are given.
    """
    own = {o: _own_option(candidate, o) for o in candidate.options}
    options = {o: value if value in candidate.choices(o) else candidate.choices(o)[0] for o, value in own.items()}
    rule = candidate.rule(options)
    given = {s: candidate.default(s) for s in rule.defaults}
    hyper = {s: rule.defaults[s] if value is None else value for s, value in given.items()}
    required = any(p.default is p.empty for p in candidate.parameters.values())
    return Scenario(options, (hyper,), 10, (-3.0, 1.0), defaults=not required and own == options, seed=seed)


def _own_option(candidate: Candidate, option: str) -> Any:
    """The convention that the constructor's default spells, or the default itself where it spells none."""
    default = candidate.parameters[candidate.options[option]].default
    spelled = candidate.family.spellings.get(option, ("", {}))[1]
    if option not in candidate.family.spellings:
        return default
    return next((value for value, argument in spelled.items() if argument == default), candidate.choices(option)[0])


def exercised(seen: list[Scenario]) -> dict[str, str]:
    """How each option and hyperparameter was varied."""
    values: dict[str, set[Any]] = {}
    for scenario in seen:
        for name, value in [*scenario.options.items(), *((s.name, v) for h in scenario.hypers for s, v in h.items())]:
            values.setdefault(name, set()).add(value)
    return {name: _range(list(found)) for name, found in values.items()}


def _range(values: list[Any]) -> str:
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) and len(values) > 2:
        return f"{min(values):g} … {max(values):g} ({len(values)} values)"
    return ", ".join(sorted(map(str, values)))


def _refusal_notes(refusals: list[str]) -> list[str]:
    return [f"refused {refusals.count(r)} scenario(s): {r}" for r in dict.fromkeys(refusals)]
