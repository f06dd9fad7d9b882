"""Where an optimizer ends on problems of linear losses, beside the end that a law's exact drift predicts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lawful.verify.evidence import Series
from lawful.verify.problems import Problem
from lawful.verify.symbols import beta1, beta2
from lawful.verify.trial import Trial

Make = Callable[[list[Tensor]], Any]
"""Parameters → an optimizer, or anything else with `step` and the gradients' use of one."""

CHUNK = 512
POINTS = 200


@dataclass(frozen=True)
class Ends:
    """Where the lanes of one run stood in the end, and how their mean went there.

    Attributes:
        x: the last parameter of every lane, shape (lanes,).
        path: the mean over the lanes at about `POINTS` steps.
    """

    x: Tensor
    path: Series

    def beyond(self, end: int, margin: float) -> int:
        """How many lanes stand further than the margin from an end; one that is not a number does."""
        return int((~((self.x - end).abs() <= margin)).sum())


def end_points(
    make_optimizer: Make,
    problem: Problem,
    lanes: int,
    steps: int,
    seed: int,
    *,
    dtype: torch.dtype = torch.float64,
    device: str = "cpu",
    start: float = 0.0,
) -> Ends:
    """Run an optimizer on a problem, all lanes in one tensor, projected onto [−1, 1] after every step.

    Args:
        make_optimizer: takes a list of parameters; bind its options with `functools.partial`.
        problem: the gradients; each lane draws its own.
        lanes: how many independent runs.
        steps: how many steps.
        seed: of the gradients.
        dtype: of the parameter.
        device: of the parameter.
        start: where every lane starts.
    """
    x = torch.full((lanes,), start, dtype=dtype, device=device, requires_grad=True)
    optimizer = make_optimizer([x])
    every, seen = max(1, steps // POINTS), [(0, start)]
    for step, gradient in enumerate(_gradients(problem, lanes, steps, np.random.default_rng(seed)), 1):
        x.grad = torch.from_numpy(gradient).to(device, dtype)
        optimizer.step()
        with torch.no_grad():
            x.clamp_(-1, 1)
            if step % every == 0:
                seen.append((step, float(x.mean())))
    at, means = zip(*seen, strict=True)
    return Ends(x.detach(), Series(problem.name, [float(t) for t in at], list(means)))


def _gradients(problem: Problem, lanes: int, steps: int, random: Generator) -> Iterator[Any]:
    for first in range(1, steps + 1, CHUNK):
        yield from problem.gradients(first, min(CHUNK, steps + 1 - first), lanes, random).copy()


def run_trial(trial: Trial, make_optimizer: Callable[..., Any], seed: int, **options: Any) -> Ends:
    """Run what a law predicts: the trial's problem, learning rate, betas, lanes and steps.

    Args:
        trial: the prediction.
        make_optimizer: called as `make_optimizer(params, lr=…, betas=…, **options)`.
        seed: of the gradients.
        options: further arguments of the constructor.
    """
    betas = (trial.hyper[beta1], trial.hyper[beta2])

    def make(params: list[Tensor]) -> Any:
        return make_optimizer(params, lr=trial.lr, betas=betas, **options)

    return end_points(make, trial.problem, trial.lanes, trial.steps, seed, start=trial.start)
