"""The formats of parameters that a candidate takes, found by stepping it once in each."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block, expand
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.oracle.formats import FORMATS

FOUND: dict[tuple[type, str, torch.dtype], tuple[Candidate, bool]] = {}
"""Whether a candidate takes a format, with the candidate, so that nothing else gets the addresses in its text."""


def takes(candidate: Candidate, dtype: torch.dtype) -> bool:
    """Whether it steps parameters of a dtype, at its defaults, on its plainest path."""
    key = candidate.cls, repr(candidate), dtype
    if key not in FOUND:
        FOUND[key] = candidate, _steps(candidate, dtype)
    return FOUND[key][1]


def _steps(candidate: Candidate, dtype: torch.dtype) -> bool:
    scenario = replace(default_scenario(candidate, 0), steps=1)
    try:
        run = Run(candidate, candidate.plainest, scenario, expand(scenario, dtype))
        return all(run.steps())
    except (RefusedError, RaisedError, NotOffered):
        return False


def nearest_taken(candidate: Candidate, dtype: torch.dtype) -> torch.dtype:
    """A dtype, if the candidate takes it or promises to take all, as torch's do; else the widest that it takes; the
    same if it takes none."""
    if candidate.torchs or takes(candidate, dtype):
        return dtype
    return next((other for other in FORMATS if takes(candidate, other)), dtype)


def named_taken(candidate: Candidate, dtype: str) -> str:
    """The same of a dtype's name."""
    return str(nearest_taken(candidate, getattr(torch, dtype))).removeprefix("torch.")


@dataclass
class TakenRun(Run):
    """A run whose parameters are in the format that the candidate takes which is nearest to that of its blocks."""

    def parameter(self, block: Block) -> Tensor:
        """A block's parameter, in that format."""
        dtype = nearest_taken(self.candidate, block.x0.dtype)
        return super().parameter(replace(block, x0=block.x0.to(dtype)))

    def slope(self, gradient: Tensor) -> Tensor:
        """A gradient in that format."""
        return gradient.to(nearest_taken(self.candidate, gradient.dtype))

    def wide(self) -> Tensor:
        """A copy of the first parameter in float64."""
        return self.parameters[0].detach().to(torch.float64, copy=True)
