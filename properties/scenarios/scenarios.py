"""Scenarios: what one run of a candidate is made of; its lanes are expanded from a seed by numpy.

One scenario is one optimizer over several tensors: two of one shape (else shared counters do not show),
a three-dimensional one, a scalar, sometimes one of another dtype and a second group with hyperparameters of its own.
Gradients are open loop: drawn beforehand, whatever the parameters do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.scenarios.schedules import rates
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr

SHAPES: tuple[tuple[int, ...], ...] = ((131,), (131,), (3, 4, 5), ())
"""Two of one shape, longer than two SIMD widths plus a tail; three dimensions; none."""

MATRICES: tuple[tuple[int, ...], ...] = ((5, 5), (5, 5), (2, 3), (40, 3), (3, 37))
"""Square, small, tall and wide, with a dimension longer than two SIMD widths."""


@dataclass(frozen=True)
class Shapes:
    """The shapes of a scenario's tensors.

    Attributes:
        first: of the first group.
        second: of the tensor of the second group.
        other: of the tensor of another dtype.
        pausing: whether the second tensor's gradient is 0, all of it, in the first step and in one in the middle.
    """

    first: tuple[tuple[int, ...], ...] = SHAPES
    second: tuple[int, ...] = (67,)
    other: tuple[int, ...] = (33,)
    pausing: bool = False


def shapes_of(rule: Rule) -> Shapes:
    """Where a rule looks at whole tensors: matrices, stacks, vectors and scalars. All as far as it takes them."""
    fewest, most = rule.dimensions
    whole = rule.scope == "tensor"
    every = (*MATRICES, (2, 3, 4), (33,), ()) if whole else SHAPES
    taken = tuple(s for s in every if fewest <= len(s) <= most)
    return Shapes(taken, (7, 4), (4, 6), True) if whole else Shapes(taken)


@dataclass(frozen=True)
class Scenario:
    """One run of a candidate.

    Attributes:
        options: conventions chosen through the constructor.
        hypers: the hyperparameters of each group.
        steps: how many.
        scale: base-10 exponents between which each lane's gradient scale lies.
        schedule: step → factor by which lr is multiplied from then on (0 and back included).
        scheduler: the scheduler of torch (see `SCHEDULERS`) that sets lr instead, or "".
        mixed: whether the first group also holds a tensor of another dtype.
        defaults: whether the constructor is called with no argument at all.
        seed: from which lanes are expanded.
        shapes: of the tensors.
    """

    options: Mapping[str, Any]
    hypers: tuple[Mapping[Symbol, float], ...]
    steps: int
    scale: tuple[float, float]
    schedule: Mapping[int, float] = field(default_factory=dict)
    scheduler: str = ""
    mixed: bool = False
    defaults: bool = False
    seed: int = 0
    shapes: Shapes = Shapes()

    def hyper_at(self, group: int, step: int) -> Mapping[Symbol, float]:
        """The hyperparameters of a group at a step, from 1."""
        hyper = self.hypers[group]
        if self.scheduler:
            return {**hyper, lr: rates(self.scheduler, hyper[lr], self.steps)[step - 1]}
        changes = [self.schedule[s] for s in sorted(self.schedule) if s <= step]
        return {**hyper, lr: hyper[lr] * changes[-1]} if changes else hyper

    @property
    def changes(self) -> list[int]:
        """The steps before which lr is set."""
        return list(range(1, self.steps + 1)) if self.scheduler else sorted(self.schedule)


@dataclass(frozen=True)
class Block:
    """One tensor of a scenario: its group, dtype, first value and gradients (steps first)."""

    name: str
    group: int
    x0: Tensor
    gradients: Tensor


def expand(scenario: Scenario, dtype: torch.dtype) -> list[Block]:
    """The tensors of a scenario in a dtype: the same scenario gives the same numbers, on every machine."""
    rng = np.random.Generator(np.random.PCG64(scenario.seed))
    other = torch.float64 if dtype is not torch.float64 else torch.float32
    shapes = scenario.shapes
    plan = [(f"tensor {i} of shape {shape}", 0, shape, dtype) for i, shape in enumerate(shapes.first)]
    if scenario.mixed:
        plan.insert(
            0, ("the tensor of another dtype", 0, shapes.other, other)
        )  # what is taken from the first, shows
    plan += [("the second group", 1, shapes.second, dtype)] if len(scenario.hypers) > 1 else []
    blocks = [Block(name, group, *_lanes(rng, scenario, shape, kind)) for name, group, shape, kind in plan]
    if shapes.pausing:
        blocks[1].gradients[[0, scenario.steps // 2]] = 0.0
    return blocks


def _lanes(
    rng: np.random.Generator, scenario: Scenario, shape: tuple[int, ...], dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    n = int(np.prod(shape, dtype=int))
    x0 = rng.standard_normal(n) * 10.0 ** rng.uniform(-2, 1, n)
    x0[::2] = 0.0
    gradients = _gradients(rng, scenario, n)
    as_tensor = [torch.from_numpy(a).to(dtype) for a in (x0, gradients)]
    return as_tensor[0].reshape(shape), as_tensor[1].reshape(scenario.steps, *shape)


def _gradients(rng: np.random.Generator, scenario: Scenario, n: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Lanes of ten characters: noise, constant, heavy-tailed, alternating, sparse, growing, vanishing, a spike
    before small ones, any scale, zero at first."""
    steps, t = scenario.steps, np.arange(scenario.steps)[:, None]
    noise = rng.standard_normal((steps, n))
    kinds = [
        noise,
        np.broadcast_to(noise[:1], noise.shape),
        np.sign(noise) * np.exp(3 * rng.standard_normal((steps, n))),
        (1 + 1e-3 * noise) * (-1.0) ** t,
        noise * (rng.random((steps, n)) < 0.2),
        1.1 ** np.minimum(t, 200) * np.abs(noise),
        0.8 ** np.minimum(t, 100) * noise,
        np.where(t == 1, 1e3, 1.0) * noise,
        np.sign(noise) * 10.0 ** rng.uniform(-4, 4, (steps, n)),
        noise * (t > 1),
    ]
    kind = (np.arange(n) // 2) % len(kinds)
    chosen = np.choose(kind[None, :], kinds) if n else noise
    return chosen * 10.0 ** rng.uniform(*scenario.scale, n)[None, :]
