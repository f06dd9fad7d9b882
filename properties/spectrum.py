"""Predictions about singular values, seen."""

import numpy as np
import torch
from torch import Tensor

from lawful.properties.dynamics import exactly, pinned
from lawful.properties.runs.lanes import radius
from lawful.properties.runs.looking import look, within
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Evidence
from lawful.verify.theory.spectrum import Spectrum


def matrix(values: tuple[float, ...], seed: int) -> Tensor:
    """A square matrix with these singular values, and singular vectors of the seed's."""
    random = np.random.Generator(np.random.PCG64(seed))
    left, right = (np.linalg.qr(random.standard_normal((len(values), len(values))))[0] for _ in range(2))
    return torch.from_numpy(left * np.array(values) @ right.T)


@look.register
def _(prediction: Spectrum, candidate: Candidate, seed: int) -> Evidence:
    """The singular values of the first step, within the budget of its norm."""
    gradient = matrix(prediction.values, seed)
    lanes = pinned(prediction, candidate, 1, (torch.zeros_like(gradient), gradient[None]))
    length = float(exactly(prediction.length, lanes)())
    low, high = (float(exactly(end, lanes)()) for end in (prediction.low, prediction.high))
    (step,) = lanes.seen(candidate)
    (state,) = lanes.expected(candidate)
    seen = torch.linalg.svdvals(step) / length
    budget = radius(state).norm() / length + 2.0**-45 * high
    beyond = torch.maximum(low - seen, seen - high).clamp_min(0)
    return within(beyond, budget, "a singular value of the step", lanes)
