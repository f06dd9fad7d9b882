"""Predictions about formats of 16 bits, seen: every weight of a binade, one step."""

import torch
from sympy import lambdify
from torch import Tensor

from lawful.properties.runs.arithmetic import arithmetic
from lawful.properties.runs.looking import hyperparameters, look
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Evidence, Finding, Verdict
from lawful.verify.oracle.formats import FORMATS, Format
from lawful.verify.theory.rounding import LostInRounding, size

NARROW = (FORMATS[torch.bfloat16], FORMATS[torch.float16])


def binade(form: Format) -> Tensor:
    """Every number of the format in [1, 2), and its opposite."""
    numbers = torch.arange(1, 2, 2 * form.unit, dtype=torch.float64).to(form.dtype)
    return torch.cat([numbers, -numbers])


def moved(prediction: LostInRounding, candidate: Candidate, form: Format, change: float) -> Tensor:
    """Which weights of the binade the first step moves where it changes 1 by `change`."""
    hyper = hyperparameters(candidate, prediction.claimed, prediction.pins, {})
    value = lambdify([size, *hyper], prediction.value, "math")(change, *hyper.values())
    hyper = {**hyper, prediction.chosen: float(value)}
    start = binade(form)
    gradient = torch.full_like(start, prediction.gradient)[None]
    scenario = Scenario({**candidate.options.plain, **prediction.options}, (hyper,), 1, (0.0, 0.0))
    run = Run(candidate, candidate.plainest, scenario, [Block("weights", 0, start, gradient)])
    for _ in run.steps():
        pass
    return run.values()[0] != start


def _at_random(candidate: Candidate, form: Format) -> bool:
    """Whether the candidate rounds to either neighbour in a format."""
    return arithmetic(candidate, candidate.plainest, form.dtype, "cpu").chance


@look.register
def _(prediction: LostInRounding, candidate: Candidate, seed: int) -> Evidence:
    """None moves below, all move above, in each format in which results are rounded to the nearest number."""
    findings, count = [], 0
    nearest = [form for form in NARROW if not _at_random(candidate, form)]
    for form in nearest:
        below = moved(prediction, candidate, form, prediction.lost * form.unit)
        above = moved(prediction, candidate, form, prediction.acts * form.unit)
        count += below.numel() + above.numel()
        told = f"of {below.numel()} weights in {str(form.dtype).removeprefix('torch.')}"
        if below.any():
            findings.append(f"{int(below.sum())} {told} move where the change is at most half a gap")
        if not above.all():
            findings.append(f"{int((~above).sum())} {told} do not move where the change is above half a gap")
    if not nearest:
        return Evidence(
            Verdict.NOT_APPLICABLE, notes=["it rounds at random, and the law speaks of the nearest number"]
        )
    return Evidence(
        Verdict.UNLAWFUL if findings else Verdict.LAWFUL,
        comparisons=count,
        scenarios=2 * len(nearest),
        findings=[Finding(f"{words}.") for words in findings],
    )
