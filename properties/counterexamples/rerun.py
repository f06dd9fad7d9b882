"""A candidate run again on cases: many of one scenario at a time, each in a tensor of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import torch

from lawful.properties.counterexamples.cases import Case, Departure
from lawful.properties.runs.arithmetic import granted
from lawful.properties.runs.judging import TRAJECTORIES, Part, Tally, parts, trajectory
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.oracle.oracle import State

PLENTY = 2**14
"""Elements of which a step takes hardly longer than of one."""


@dataclass
class Rerun:
    """A candidate on one path, dtype and device, asked where cases leave the budget.

    Args:
        candidate: whose class is constructed.
        path: constructor arguments that choose the way to run.
        dtype: of the parameters.
        device: where they live.
        allowance: how many steps of the optimizer may be made; of many elements, one counts as several.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    dtype: torch.dtype
    device: str
    allowance: float

    def departures(self, cases: Sequence[Case]) -> list[Departure]:
        """Those cases that leave the budget, each up to where it does; all must be of one scenario.

        None of a scenario that the candidate refuses, or for which no allowance is left.
        """
        steps = max(case.steps for case in cases)
        elements = sum(block.size or block.x0.numel() for case in cases for block in case.blocks)
        self.allowance -= steps * ceil(elements / PLENTY)
        if self.allowance < 0:
            return []
        found: dict[int, Departure] = {}
        try:
            for index, departure in self._run([case.until(steps) for case in cases]):
                found.setdefault(index, departure)
        except (RefusedError, RaisedError):
            pass  # what was seen before it raised stands
        return [found[index] for index in sorted(found)]

    def _run(self, cases: Sequence[Case]) -> Iterator[tuple[int, Departure]]:
        scenario, blocks = cases[0].scenario, [block for case in cases for block in case.blocks]
        rule = self.candidate.rule(scenario.options)
        oracle = TRAJECTORIES.oracle(rule, granted(self.candidate, self.path, self.dtype, self.device))
        run = Run(self.candidate, self.path, scenario, blocks, self.device)
        judged = parts(blocks, self.device, rule)
        states = [trajectory(oracle, part, scenario) for part in judged]
        for step in run.steps():
            for part, path in zip(judged, states, strict=True):
                for index, lane, within in _beyond(run, part, path[step - 1]):
                    number, place = divmod(index, len(cases[0].blocks))
                    if cases[0].pieces or place == cases[0].before:
                        case = cases[number].until(step)
                        own = lane if case.pieces else within
                        yield number, Departure.of(case, run, part, path[step - 1], lane, own)


def _beyond(run: Run, part: Part, state: State) -> Iterator[tuple[int, int, int]]:
    """Each tensor of a part that has left the budget: its index, its worst lane in the part, and in the tensor."""
    ratios, start = Tally().add(state.x, part.gather(run.parameters)).reshape(-1), 0
    for index in part.members:
        size = run.blocks[index].x0.numel()
        within = int(ratios[start : start + size].argmax())
        if float(ratios[start + within]) > 1.0:
            yield index, start + within, within
        start += size
