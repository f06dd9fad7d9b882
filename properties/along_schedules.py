"""Predictions about runs whose learning rate changes, seen."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import torch
from sympy import Expr, lambdify

from lawful.properties.dynamics import exactly, pinned, table
from lawful.properties.runs.lanes import Lanes, radius
from lawful.properties.runs.looking import hyperparameters, look, within
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Evidence
from lawful.verify.language.symbols import lr, t, weight_decay
from lawful.verify.theory.along_schedules import AverageOfRun, StaysInBox, horizon


def factors(factor: Expr, steps: int) -> list[float]:
    """Of the learning rate, at each step."""
    at = lambdify([t, horizon], factor, "math")
    return [float(at(step, steps)) for step in range(1, steps + 1)]


def falls(found: list[float]) -> Iterator[float]:
    """How much the factor falls after each step, to 0 after the last."""
    return (now - then for now, then in pairwise([*found, 0.0]))


@look.register
def _(prediction: AverageOfRun, candidate: Candidate, seed: int) -> Evidence:
    """The last weight along the schedule, beside the mean of the weights at a constant rate."""
    hyper = hyperparameters(candidate, prediction.claimed, prediction.pins)
    found = factors(prediction.factor, prediction.steps)
    options = {**candidate.options.plain, **prediction.options}
    constant = Lanes(hyper, prediction.steps, seed, options)
    falling = replace(constant, schedule=dict(enumerate(found, start=1)))
    start = constant.block.x0
    along = zip(falls(found), constant.seen(candidate), constant.expected(candidate), strict=True)

    mean = (1 - found[0]) * start
    budget = 2.0**-50 * (start.abs() + mean.abs())
    for weight, z, state in along:
        mean = mean + weight * z
        budget = budget + abs(weight) * radius(state) + 2.0**-50 * (abs(weight) * z.abs() + mean.abs())
    *_, seen = falling.seen(candidate)
    *_, last = falling.expected(candidate)
    return within((seen - mean).abs(), budget + radius(last), "the last weight along the schedule", falling)


@look.register
def _(prediction: StaysInBox, candidate: Candidate, seed: int) -> Evidence:
    """Weights that start inside and outside of the box, pushed to either side of it."""
    bare = pinned(prediction, candidate, prediction.steps)
    wall = float(exactly(prediction.wall, bare)())
    push = exactly(prediction.gradient, bare, t)
    start = torch.tensor([-3.0, -1.0, 0.0, 0.5, 1.0, 4.0], dtype=torch.float64) * wall
    gradients = table([[push(step)] * len(start) for step in range(1, prediction.steps + 1)])
    schedule = {step: 1 - (step - 1) / (2 * prediction.steps) for step in range(1, prediction.steps + 1)}
    lanes = replace(bare, given=(start, gradients), schedule=schedule)

    excess, loose, kept = [], [], 1.0
    states = lanes.expected(candidate)
    for step, (weight, state) in enumerate(zip(lanes.seen(candidate), states, strict=True), start=1):
        hyper = lanes.scenario.hyper_at(0, step)
        kept *= 1 - hyper[lr] * hyper[weight_decay]
        box = kept * start.abs() + (1 - kept) * wall
        excess.append((weight.abs() - box).clamp_min(0))
        loose.append(radius(state) + 2.0**-45 * box)
    return within(torch.stack(excess), torch.stack(loose), "the weight beyond the box", lanes)
