"""Sharding: a step stays what it is however its parameters are divided over tensors and ranks.

An elementwise rule says so itself: dividing may change roundings and nothing else. A rule that looks at whole tensors,
or at all of them, becomes another where these are divided, unless the candidate reduces across the shards. Neither is
wrong; which it is, is measured.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from lawful.properties.checks import Journal, Property
from lawful.properties.runs.arithmetic import granted
from lawful.properties.runs.judging import TRAJECTORIES, Part, Tally, parts
from lawful.properties.runs.layouts import FSDP, SPLIT, ZERO, Layout, watched
from lawful.properties.runs.running import RefusedError, Run
from lawful.properties.runs.summary import in_words
from lawful.properties.scenarios.drawing import drawn
from lawful.properties.scenarios.moving import TWICE_A_DOZEN, Held, held
from lawful.properties.scenarios.scenarios import Block, Scenario, expand
from lawful.properties.scenarios.strategies import Draw
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.oracle import State

SCOPES = ("lane", "tensor", "optimizer", "nothing")
STEPS = (8, 8)


def invariant(rule: Rule, layout: Layout) -> bool:
    """Whether the rule's expressions look at nothing that the layout divides."""
    return SCOPES.index(rule.scope) < SCOPES.index(layout.divides)


def scenario_of(candidate: Candidate, seed: int, moving: bool = False) -> Scenario:
    """Two groups with every term on, and a learning rate that changes; or all that they hold, in every step of two
    dozen, so that what is compiled once and kept shows.

    What would be a scalar has one element, as FSDP2 demands; of these, one rank has nothing. The second group's tensor
    is shaped as the first's: each rank works out anew for each shape what an operation does to shards.
    """
    keys = replace(held(candidate), options=frozenset()) if moving else Held()
    if keys.symbols:
        changed = {"groups": 2, "moving": True, "remembered": True}
        generic = Draw(candidate, (TWICE_A_DOZEN, TWICE_A_DOZEN), pins=changed, generic=True, keys=keys)
    else:
        generic = Draw(candidate, STEPS, pins={"groups": 2, "schedule": True}, generic=True)
    scenario = drawn([generic], 1, seed)[0]
    divisible = tuple(shape or (1,) for shape in scenario.shapes.first)
    return replace(scenario, shapes=replace(scenario.shapes, first=divisible, second=divisible[0]))


@dataclass
class Division:
    """One candidate on one path in one layout: its values against those of its undivided run.

    Each of the two may be one error budget away from the rule, so both budgets may lie between them.
    """

    layout: Layout
    candidate: Candidate
    path: Mapping[str, Any]
    scenario: Scenario
    dtype: torch.dtype = torch.float32
    device: str = "cpu"
    tally: Tally = field(default_factory=Tally)
    departure: str = ""

    @property
    def rule(self) -> Rule:
        """The rule that the scenario chooses."""
        return self.candidate.rule(self.scenario.options)

    def compare(self) -> None:
        """Runs the scenario both ways, and keeps the first departure.

        Raises:
            RefusedError, RaisedError: as `Run` does.
        """
        blocks = expand(self.scenario, self.dtype)
        run = self.candidate, self.path, self.scenario, blocks, self.device
        self.layout.ready(*run)
        whole = watched(Run(*run))  # what is refused undivided is asked of no rank
        copies = self.layout.values(*run)
        fmt = self.layout.computes(granted(self.candidate, self.path, self.dtype, self.device))
        for part in parts(blocks, self.device, self.rule):
            for step, state in enumerate(TRAJECTORIES.of(self.rule, fmt, part, self.scenario)):
                for copy in copies:
                    ratio = self._ratio(state, part.gather(whole[step]), part.gather(copy[step]))
                    if not self.departure and float(ratio.max()) > 1.0:
                        self.departure = _told(
                            part, blocks, step + 1, ratio, part.gather(whole[step]), part.gather(copy[step])
                        )

    def _ratio(self, state: State, whole: Tensor, divided: Tensor) -> Tensor:
        alike = (whole == divided) | (whole.isnan() & divided.isnan())  # ∞ − ∞ is no distance
        whole, divided = (value.masked_fill(alike, 0.0) for value in (whole, divided))
        both = Ball((whole, None), 2 * state.x.radius)
        return self.tally.add(both, divided)


def _told(part: Part, blocks: list[Block], step: int, ratio: Tensor, whole: Tensor, divided: Tensor) -> str:
    worst = int(ratio.argmax())
    block, index = part.locate(worst, blocks)
    one, other = (float(each.reshape(-1)[worst]) for each in (divided, whole))
    times = f"{float(ratio.max()):.3g} times what rounding explains"
    return f"at step {step}: element {index} of {block.name} is {one:.9g} and not {other:.9g}, {times}"


def concluded(division: Division) -> Evidence:
    """The verdict: a departure is wrong where the rule is invariant, and to be expected where it is not."""
    tally, findings, notes = division.tally, [], []
    decided = tally.comparisons > tally.no_verdict
    verdict = Verdict.LAWFUL if decided else Verdict.INCONCLUSIVE
    if division.departure and invariant(division.rule, division.layout):
        verdict, findings = Verdict.UNLAWFUL, [_finding(division)]
    elif division.departure:
        verdict, notes = Verdict.NOT_APPLICABLE, [_note(division)]
    elif tally.worst and division.layout.divides == "nothing":
        notes = [f"differs in bits, by at most {tally.worst:.3g} of what rounding explains"]
    return tally.evidence(
        verdict,
        scenarios=1,
        notes=notes,
        findings=findings,
    )


def _finding(division: Division) -> Finding:
    other = "plain" if division.layout.divides == "nothing" else "undivided"
    message = f"leaves its own {other} run, {division.layout.how}, {division.departure}."
    words = in_words(division.candidate, division.path, division.scenario, division.dtype)
    return Finding(message, details=words)


def _note(division: Division) -> str:
    layout = division.layout
    return f"{division.rule} is not invariant: {layout.how}, no part sees the whole {layout.divides}"


def property_of(layout: Layout) -> Property:
    """The property that dividing in this way changes nothing."""

    def seen(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
        start = time.perf_counter()
        scenario = scenario_of(candidate, settings.seed, moving=layout.divides == "nothing")
        path, dtype = candidate.paths[check.path], getattr(torch, check.dtype)
        division = Division(layout, candidate, path, scenario, dtype, check.device)
        journal(scenario)
        try:
            division.compare()
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused {layout.how}: {refusal}"])
        return replace(concluded(division), seconds=time.perf_counter() - start)

    return Property(
        layout.name,
        f"Every step stays what it is, {layout.how}.",
        seen,
        dtype="float32",
        torchs=layout.torchs,
        paths=True,
        profiles=layout.profiles,
        on=layout.on,
    )


sharding = tuple(map(property_of, (SPLIT, ZERO, FSDP)))
