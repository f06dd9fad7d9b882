"""What can be said of first steps without a rule: they are numbers, and a larger gradient leads lower."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lawful.properties.checks import Journal, Property
from lawful.properties.runs.running import RefusedError, Run
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import UNCLAIMED, Check, Evidence, Finding, Verdict
from lawful.verify.language.symbols import lr

GRADIENTS = (1.0, -1.0, 10.0, 0.0, 1e-3)
"""Of the tensors, one each, in every step."""


@dataclass(frozen=True)
class Walk:
    """A candidate's weights under constant gradients, each beginning at 1: step → one value a gradient.

    Attributes:
        weights: those.
        rate: the learning rate.
        narrow: whether numbers have 16 bits.
    """

    weights: list[list[float]]
    rate: float
    narrow: bool

    @property
    def lost(self) -> bool:
        """Whether gradients of 1 and −1 move nothing, which in 16 bits says that the steps are small and no more."""
        return self.narrow and all(step[0] == step[1] == 1.0 for step in self.weights)

    @property
    def findings(self) -> list[str]:
        """What no optimizer does."""
        first = dict(zip(GRADIENTS, self.weights[0], strict=True))
        broken = [] if self.narrow else self._broken()  # of 16 bits `finite` says it, and where they have it
        found = [f"a gradient of {g:g} leads to {w} in step {k}" for k, g, w in broken][:1]
        if first[1.0] > first[-1.0]:
            found.append(
                f"the first step goes up the gradient: to {first[1.0]} from 1, to {first[-1.0]} from -1"
            )
        if all(step[0] == step[1] for step in self.weights) and not self.lost:
            found.append(
                f"gradients of 1 and of -1 lead to the same weights in all {len(self.weights)} steps"
            )
        return found

    def _broken(self) -> list[tuple[int, float, float]]:
        steps = enumerate(self.weights, 1)
        return [(k, g, w) for k, step in steps for g, w in zip(GRADIENTS, step, strict=True) if w - w != 0]

    @property
    def note(self) -> str:
        """The first steps in units of the learning rate."""
        sizes = {g: (1.0 - w) / self.rate for g, w in zip(GRADIENTS, self.weights[0], strict=True)}
        said = ", ".join(f"{size:.3g} from {g:g}" for g, size in sizes.items())
        return f"the first step down from 1, in units of lr, for gradients of that size: {said}"


def walked(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Runs the candidate's defaults under constant gradients."""
    scenario = default_scenario(candidate, settings.seed)
    journal(scenario)
    fewest, most = candidate.rule({}).dimensions
    shape = (2, 2) if fewest == 2 else (3,)
    dtype: Any = getattr(torch, check.dtype)
    blocks = [_block(g, shape, scenario.steps, dtype) for g in GRADIENTS]
    try:
        run = Run(candidate, candidate.paths[check.path], scenario, blocks, check.device)
        seen = [[_value(p) for p in run.parameters] for _ in run.steps()]
    except RefusedError as refusal:
        return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
    walk = Walk(seen, candidate.binding.default(lr) or scenario.hypers[0].get(lr, 1.0), dtype.itemsize < 4)
    findings = [Finding(f"{said}.") for said in walk.findings]
    verdict = Verdict.UNLAWFUL if findings else Verdict.LAWFUL
    first = check.dtype == settings.dtypes[0] and check.path == next(iter(candidate.paths))
    notes = [walk.note] if first else []
    if first and (fewest, most) != (0, 9):
        notes.append(f"asked of tensors with {fewest} to {most} dimensions alone: it refuses others")
    return Evidence(verdict, scenarios=1, findings=findings, notes=notes)


def _block(gradient: float, shape: tuple[int, ...], steps: int, dtype: torch.dtype) -> Block:
    there = torch.full((steps, *shape), gradient, dtype=dtype)
    return Block(f"the tensor with gradient {gradient:g}", 0, torch.ones(shape, dtype=dtype), there)


def _value(p: Tensor) -> float:
    """The largest of the weights, which are alike but where the optimizer looks at whole tensors; NaN if one is."""
    return float(p.detach().to(torch.float64).max())


first_steps = Property(
    "first-steps",
    "Constant gradients lead to numbers, and a larger gradient leads lower.",
    walked,
    everywhere=True,
    ruleless=True,
    of=lambda candidate: candidate.family.name == UNCLAIMED,
)
