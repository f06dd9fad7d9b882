"""Predictions about where a rule can go, seen: given paths, bounds, limits of stability, mean squares."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from mpmath import mp, mpf
from sympy import Expr, lambdify
from torch import Tensor

from lawful.properties.runs.lanes import FORMAT, Lanes, radius
from lawful.properties.runs.looking import hyperparameters, look, within
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Evidence, Finding, Verdict
from lawful.verify.language.symbols import t, x
from lawful.verify.theory.prediction import Bounded, MeanSquare, Moves, Pinned, StableUpTo, after, c

DIGITS = 50
"""In which predictions are evaluated, so that their own rounding does not count."""


def pinned(
    prediction: Pinned, candidate: Candidate, steps: int, given: tuple[Tensor, Tensor] | None = None
) -> Lanes:
    """Lanes under the prediction's hyperparameters."""
    hyper = hyperparameters(candidate, prediction.claimed, prediction.pins, {})
    return Lanes(hyper, steps, 0, {**candidate.options.plain, **prediction.options}, given=given)


def exactly(expr: Expr, lanes: Lanes, *symbols: Any) -> Callable[..., Any]:
    """An expression as a function of symbols, in many digits, the hyperparameters put in as the floats they are."""
    value = lambdify([*symbols, *lanes.hyper], expr, "mpmath")
    return lambda *numbers: value(*map(mpf, numbers), *map(mpf, lanes.hyper.values()))


def table(rows: Sequence[Sequence[Any]]) -> Tensor:
    """Numbers that float64 holds exactly, as a tensor.

    Raises:
        ValueError: it does not hold one of them.
    """
    for number in (number for row in rows for number in row):
        if mpf(float(number)) != number:
            raise ValueError(f"{number} is not a float64: the prediction would speak of other numbers.")
    return torch.tensor([[float(number) for number in row] for row in rows], dtype=torch.float64)


@look.register
def _(prediction: Moves, candidate: Candidate, seed: int) -> Evidence:
    """Each lane's path beside the law's, which goes on from its own last weight."""
    with mp.workdps(DIGITS):
        lanes, path = path_of(prediction, candidate)
        seen = map(Tensor.tolist, lanes.seen(candidate))
        pairs = (zip(*weights, strict=True) for weights in zip(seen, path, strict=True))
        away = torch.tensor(
            [[float(abs(mpf(a) - b)) for a, b in pair] for pair in pairs], dtype=torch.float64
        )
    budget = torch.stack([radius(state) for state in lanes.expected(candidate)])
    return within(away, budget, "the weight", lanes)


def path_of(prediction: Moves, candidate: Candidate) -> tuple[Lanes, list[list[mpf]]]:
    """The lanes on their gradients, and the weights after each step, as the law says."""
    lanes, numbers = pinned(prediction, candidate, prediction.steps), [mpf(lane) for lane in prediction.lanes]
    gradient, to = exactly(prediction.gradient, lanes, c, t), exactly(prediction.to, lanes, x, c, t)
    path = [[exactly(prediction.start, lanes, c)(lane) for lane in numbers]]
    for step in range(1, prediction.steps + 1):
        path.append([to(weight, lane, step) for weight, lane in zip(path[-1], numbers, strict=True)])
    gradients = [[gradient(lane, step) for lane in numbers] for step in range(1, prediction.steps + 1)]
    return replace(lanes, given=(table(path[:1])[0], table(gradients))), path[1:]


@look.register
def _(prediction: Bounded, candidate: Candidate, seed: int) -> Evidence:
    """On random gradients, by how much of the budget the bound is exceeded."""
    lanes = pinned(prediction, candidate, prediction.steps)
    size, most = (
        lambdify([x, after, t, *lanes.hyper], e, "numpy") for e in (prediction.size, prediction.most)
    )
    path = [lanes.block.x0, *lanes.seen(candidate)]
    loose = [torch.zeros(()), *map(radius, lanes.expected(candidate))]
    found, budgets = [], []
    for k, (old, new) in enumerate(pairwise(zip(path, loose, strict=True)), start=1):
        at = (old[0].numpy(), new[0].numpy(), float(k), *lanes.hyper.values())
        bound = torch.as_tensor(most(*at))
        found.append((torch.from_numpy(size(*at)) - bound).clamp_min(0))
        budgets.append(new[1] + 2 * old[1] + 2.0**-48 * bound)
    return within(torch.stack(found), torch.stack(budgets), "the largest step", lanes)


@look.register
def _(prediction: StableUpTo, candidate: Candidate, seed: int) -> Evidence:
    """Two lanes, one on each side of the limit, whose gradients follow their weights."""
    limit = float(exactly(prediction.limit, pinned(prediction, candidate, 1))())
    curvature = limit * torch.tensor([0.999, 1.001], dtype=torch.float64)
    first = torch.full_like(curvature, prediction.start)
    gradients = (curvature * first).repeat(prediction.steps + 1, 1)
    lanes, largest = pinned(prediction, candidate, prediction.steps, (first, gradients)), []
    for step, weight in enumerate(lanes.seen(candidate), start=1):
        gradients[step] = curvature * weight
        largest.append(weight.abs())
    sizes = torch.stack(largest)
    middle, end = (sizes[k - 10 : k].amax(0) for k in (prediction.steps // 2, prediction.steps))
    shrank, grew = (end / middle).tolist()
    findings = (
        [] if shrank < 1 / prediction.factor else [f"at 0.999 of h = {limit:.6g} the weight does not shrink"]
    )
    findings += [] if grew > prediction.factor else [f"at 1.001 of h = {limit:.6g} the weight does not grow"]
    return Evidence(
        Verdict.UNLAWFUL if findings else Verdict.LAWFUL,
        comparisons=2,
        scenarios=1,
        notes=[
            f"in {prediction.steps // 2} steps by {shrank:.3g} below h = {limit:.6g} and {grew:.3g} above"
        ],
        findings=[Finding(f"{words}, where the law says that it does.") for words in findings],
    )


@look.register
def _(prediction: MeanSquare, candidate: Candidate, seed: int) -> Evidence:
    """The mean over lanes on orthogonal signs is the expectation: nothing is left to chance."""
    lanes = on_signs(prediction, candidate)
    *_, seen = lanes.seen(candidate)
    *_, last = lanes.expected(candidate)
    level = float(exactly(prediction.level, lanes)())
    budget = (2 * seen.abs() + radius(last)) * radius(last) + 2.0**-50 * seen**2
    return within(((seen**2).mean() - level).abs().reshape(1), budget.mean(), "the mean square", lanes)


def on_signs(prediction: MeanSquare, candidate: Candidate) -> Lanes:
    """From 0, as many steps as there are orthogonal rows of signs."""
    start = torch.zeros(prediction.order, dtype=FORMAT.dtype)
    return pinned(prediction, candidate, prediction.order - 1, (start, hadamard(prediction.order)))


def hadamard(order: int) -> Tensor:
    """All columns but the first of Sylvester's matrix as rows: signs of mean 0, and of mean product 0 in pairs.

    A weight that is linear in independent signs has over these lanes the mean square that it has in expectation.
    """
    matrix = np.ones((1, 1))
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return torch.from_numpy(matrix[1:].copy()).to(FORMAT.dtype)
