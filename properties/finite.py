"""Finite: at its defaults a candidate makes no NaN and no infinity out of finite numbers, on any path, in any format.

Budgets say nothing here: they are infinite where a denominator may be 0. Gradients are 0, as small as the format holds,
ordinary, or so large that neither their square nor the sum of a thousand such squares leaves the format, nor float32;
they stay, stop or begin.

A candidate is unlawful where the format does not force it: where the rule keeps a budget, or another path of the
candidate stays finite in the same format. Else it is told: in float16 an eps of 1e-8 is 0, and 0/0 is NaN in every
plain implementation, but whoever trains should know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from lawful.properties.checks import DTYPES, Journal, Property, Settings
from lawful.properties.runs.judging import Part, format_of, trajectory
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block, Scenario, shapes_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Counterexample, Evidence, Finding, Question, Verdict
from lawful.verify.oracle.oracle import Oracle

STEPS = 4
LARGE = 32
"""The largest gradients are this much smaller than the root of the largest number: a thousand of their squares fit."""

STARTS = (0.0, 1.0)


@dataclass(frozen=True)
class Input:
    """A tensor of one number, and the gradient of each step.

    Attributes:
        x0: the number.
        gradients: of each step, the same for all elements.
    """

    x0: float
    gradients: tuple[float, ...]

    def block(self, shape: tuple[int, ...], dtype: torch.dtype) -> Block:
        """As tensors, with gradients of both signs."""
        signs = torch.ones(shape, dtype=dtype)
        signs.reshape(-1)[1::2] = -1.0
        slopes = torch.stack([signs * g for g in self.gradients])
        return Block(str(self), 0, torch.full(shape, self.x0, dtype=dtype), slopes)

    def __str__(self) -> str:
        """`gradients of 0.0, 1e-3 from x = 1`."""
        said = (
            ", ".join(map(repr, self.gradients)) if len(set(self.gradients)) > 1 else repr(self.gradients[0])
        )
        return f"gradients of {said} from x = {self.x0:g}"


def inputs(dtype: torch.dtype) -> Iterator[Input]:
    """The simplest first."""
    info = torch.finfo(dtype)
    largest = min(info.max, torch.finfo(torch.float32).max)
    sizes = (0.0, 1.0, 1e-3, info.smallest_normal, info.smallest_normal * info.eps, sqrt(largest) / LARGE)
    held = [float(torch.tensor(size, dtype=dtype)) for size in sizes]
    for x0 in STARTS:
        yield from (Input(x0, (size,) * STEPS) for size in held)
        yield from (Input(x0, (0.0, *(size,) * (STEPS - 1))) for size in held[1:])
        yield from (Input(x0, (size, *(0.0,) * (STEPS - 1))) for size in held[1:])


@dataclass(frozen=True)
class Seen:
    """The first input, of the simplest, out of which a path makes what is not finite.

    Attributes:
        step: at which.
        given: the input.
        value: what comes out.
    """

    step: int
    given: Input
    value: float

    def __str__(self) -> str:
        """`NaN in step 1 out of gradients of 0.0 from x = 0`."""
        name = "NaN" if self.value != self.value else "an infinity"
        return f"{name} in step {self.step} out of {self.given}"


def is_finite(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Runs the defaults on every path and in every format."""
    seen: dict[tuple[str, str], Seen | None] = {}
    for path in candidate.paths:
        for dtype in DTYPES:
            journal(f"finite, {path} in {dtype}")
            try:
                seen[path, dtype] = Defaults(candidate, path, dtype, check.device, settings.seed).seen()
            except (RefusedError, RaisedError):
                continue
    if not seen:
        return Evidence(Verdict.NOT_APPLICABLE, notes=["every path is refused"])
    findings = [_finding(candidate, check, settings, dtype, seen) for dtype in DTYPES if _bad(seen, dtype)]
    wrong = any(finding.question is None for finding in findings)
    return Evidence(
        Verdict.UNLAWFUL if wrong else Verdict.LAWFUL,
        comparisons=len(seen),
        scenarios=len(seen),
        findings=sorted(findings, key=lambda finding: finding.question is not None),
    )


@dataclass
class Defaults:
    """A candidate's defaults on all inputs, on one path and in one format."""

    candidate: Candidate
    path: str
    dtype: str
    device: str
    seed: int

    def __post_init__(self) -> None:
        """One tensor for each input; one of all where the rule takes each lane alone."""
        self.kind: torch.dtype = getattr(torch, self.dtype)
        drawn = default_scenario(self.candidate, self.seed)
        self.scenario: Scenario = replace(drawn, steps=STEPS)
        self.rule = self.candidate.rule(self.scenario.options)
        self.inputs = list(inputs(self.kind))
        self.alone = self.rule.scope == "lane"
        shape = min((s for s in shapes_of(self.rule).first if s), key=lambda s: torch.Size(s).numel())
        self.shape = (2,) if self.alone else shape
        blocks = [given.block(self.shape, self.kind) for given in self.inputs]
        self.blocks = [_together(blocks)] if self.alone else blocks

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The constructor's."""
        return self.candidate.paths[self.path]

    def seen(self) -> Seen | None:
        """What comes out of the simplest input of which something that is not finite does."""
        first: dict[int, Seen] = {}
        run = Run(self.candidate, self.arguments, self.scenario, self.blocks, self.device)
        for step in run.steps():
            values = list(run.parameters[0].detach().reshape(-1, 2)) if self.alone else run.parameters
            if all(bool(torch.isfinite(p).all()) for p in run.parameters):
                continue
            for index, p in enumerate(values):
                if index not in first and (value := _odd(p)) is not None:
                    first[index] = Seen(step, self.inputs[index], value)
        return first[min(first)] if first else None

    def forced(self, seen: Seen) -> bool:
        """Whether some admissible order of operations may leave the format there."""
        block = seen.given.block(self.shape, self.kind)
        part = Part(0, self.kind, (0,), block.x0, block.gradients)
        oracle = Oracle(self.rule, format_of(self.kind, self.arguments, self.device))
        radius = torch.as_tensor(trajectory(oracle, part, self.scenario)[seen.step - 1].x.radius)
        return not bool(torch.isfinite(radius).all())


def _together(blocks: list[Block]) -> Block:
    """Short tensors, one after the other."""
    x0, gradients = (torch.cat([getattr(b, name) for b in blocks], -1) for name in ("x0", "gradients"))
    return Block("all inputs", 0, x0, gradients)


def _odd(p: Tensor) -> float | None:
    """The first element that is not finite."""
    values = p.detach().reshape(-1)
    odd = values[~torch.isfinite(values)]
    return float(odd[0]) if odd.numel() else None


def _bad(seen: Mapping[tuple[str, str], Seen | None], dtype: str) -> list[str]:
    return [path for (path, kind), found in seen.items() if kind == dtype and found]


def _finding(
    candidate: Candidate,
    check: Check,
    settings: Settings,
    dtype: str,
    seen: Mapping[tuple[str, str], Seen | None],
) -> Finding:
    bad = _bad(seen, dtype)
    good = [path for path, kind in seen if kind == dtype and path not in bad]
    defaults = Defaults(candidate, bad[0], dtype, check.device, settings.seed)
    found = seen[bad[0], dtype]
    assert found is not None
    forced = not good and defaults.forced(found)
    clean = [kind for kind in DTYPES if any(k == kind for _, k in seen) and not _bad(seen, kind)]
    said = f"at its defaults, in {dtype}, makes {found} ({', '.join(bad)}"
    said += f"; not {', '.join(good)}" if good else ""
    said += f"); not in {', '.join(clean)}." if clean else ")."
    return Finding(said, _example(defaults, found), question=Question.RANGE if forced else None, path=bad[0])


def _example(defaults: Defaults, found: Seen) -> Counterexample | None:
    """The input by itself, where the rule takes each lane alone and has a value there."""
    if defaults.rule.scope != "lane":
        return None
    try:
        from lawful.verify.oracle.confirm import exact_trajectory

        gradients = list(found.given.gradients[: found.step])
        hypers = [defaults.scenario.hyper_at(0, k) for k in range(1, found.step + 1)]
        exact = exact_trajectory(defaults.rule, found.given.x0, gradients, hypers)[-1].item()
    except (ImportError, ArithmeticError):
        return None
    return Counterexample(
        constructor={**defaults.candidate.arguments, **defaults.arguments},
        x0=found.given.x0,
        gradients=gradients,
        schedule={},
        step=found.step,
        lane=0,
        found=str(found.given),
        expected=float(exact.mid()),
        seen=found.value,
        budget=torch.finfo(defaults.kind).max,
        ratio=torch.inf,
        confirmed=bool(exact.is_finite()),
        seed=defaults.seed,
    )


finite = Property(
    "finite",
    "At its defaults it makes neither NaN nor an infinity out of finite numbers, on any path, in any format.",
    is_finite,
    dtype="float32",
)
