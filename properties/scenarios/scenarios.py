"""Scenarios: what one run of a candidate is made of; its lanes are expanded from a seed by numpy.

One scenario is one optimizer over several tensors: two of one shape (else shared counters do not show),
a three-dimensional one, a scalar, sometimes one of another dtype and a second group with hyperparameters of its own.
Gradients are open loop: drawn beforehand, whatever the parameters do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.scenarios.schedules import scheduled
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr

SHAPES: tuple[tuple[int, ...], ...] = ((131,), (131,), (3, 4, 5), ())
"""Two of one shape, longer than two SIMD widths plus a tail; three dimensions; none."""

MATRICES: tuple[tuple[int, ...], ...] = ((5, 5), (5, 5), (2, 3), (40, 3), (3, 37))
"""Square, small, tall and wide, with a dimension longer than two SIMD widths."""

RANKS: tuple[tuple[int, ...], ...] = (
    (1,), (5, 5), (2, 7), (7, 1), (1, 7), (2, 1, 3), (3, 2, 2, 2), (2, 3, 1, 1), (2, 2, 1, 2, 2),
)  # fmt: skip
"""Of weights of every kind: vectors, matrices, a column, a row, tokens, convolutions in two and three dimensions."""

LANES = ((61,),)
FEW: tuple[tuple[int, ...], ...] = ((11,), (5, 5), (3, 2))
"""For long runs: a few lanes, or matrices."""

SIZES = (
    *(2**k + k % 3 - 1 for k in range(3, 16)), 4095, 4096, 4097, 65_535, 65_536, 65_537, 100_003, 2**20 + 1,
)  # fmt: skip
"""Of long vectors: around the powers of two, where kernels take another way."""

AS_MATRICES: Mapping[int, tuple[int, int]] = {8192: (2048, 4), 65_536: (8, 8192)}
"""Those of them that are no vectors: a tall one and a wide one, as embeddings and projections are."""

TILE = 7
"""How many lanes there are in a long vector: a prime, so that each lane is seen at every place of a SIMD vector."""

LARGE: tuple[tuple[int, ...], ...] = ((3, 2), (257, 256), (65_537,))
"""For rules that look at whole tensors: beyond 65,536 elements."""

LONG = ((4099,),)
"""For rules that look at whole tensors, at the defaults: of many blocks, where these say from which size on."""


@dataclass(frozen=True)
class Shapes:
    """The shapes of a scenario's tensors.

    Attributes:
        first: of the first group.
        second: of the tensor of the second group.
        other: of the tensor of another dtype.
        pausing: whether the second tensor's gradient is 0, all of it, in the first step and in one in the middle.
        faint: whether it is next to nothing in the second step; a norm of it alone may vanish beside an eps that code
            adds and no rule has.
        sizes: of long vectors beside those of the first group, of the same few lanes over and over.
    """

    first: tuple[tuple[int, ...], ...] = SHAPES
    second: tuple[int, ...] = (67,)
    other: tuple[int, ...] = (33,)
    pausing: bool = True
    faint: bool = False
    sizes: tuple[int, ...] = ()


def shapes_of(rule: Rule) -> Shapes:
    """Where a rule looks at whole tensors, or is not known: matrices, stacks, vectors and scalars, as far as it takes
    them."""
    if rule.scope == "tensor" or rule.pieced or rule.name == UNCLAIMED:
        return Shapes(taken(rule, (*MATRICES, (2, 3, 4), (33,), ())), (7, 4), (4, 6))
    return Shapes(taken(rule, SHAPES), faint=True)


def usual(rule: Rule) -> Shapes:
    """The same, and a vector of the size of a model's."""
    shapes = shapes_of(rule)
    return replace(shapes, first=(*shapes.first, *taken(rule, LONG))) if rule.scope == "tensor" else shapes


def every_kind(rule: Rule) -> Shapes:
    """A small tensor of each kind."""
    return Shapes(taken(rule, RANKS), pausing=False)


def large(rule: Rule) -> Shapes:
    """A few large tensors; one lane is as good as another where they are independent."""
    return Shapes(taken(rule, LARGE), pausing=False) if rule.scope != "lane" else Shapes((), sizes=SIZES)


def few(rule: Rule) -> Shapes:
    """Few lanes."""
    return Shapes(taken(rule, FEW if rule.scope == "tensor" else LANES), pausing=False)


def taken(rule: Rule, shapes: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Those of as many dimensions as a rule takes."""
    fewest, most = rule.dimensions
    return tuple(s for s in shapes if fewest <= len(s) <= most)


Moves = Mapping[int, Mapping[Symbol | str, Any]]
"""Step → hyperparameters, by symbol, and options, by name, that every group holds from then on."""


@dataclass(frozen=True)
class Scenario:
    """One run of a candidate.

    Attributes:
        options: conventions chosen through the constructor.
        hypers: the hyperparameters of each group.
        steps: how many.
        scale: base-10 exponents between which each lane's gradient scale lies.
        schedule: step → factor by which lr is multiplied from then on (0 and back included).
        moves: what else is changed before which step, the first included.
        scheduler: the scheduler of torch (see `SCHEDULERS`) that sets lr, or momentum too, instead, or "".
        others: options of the second group in which it differs from the first.
        tensor_rate: whether lr is handed over as a tensor.
        judged: the steps that are judged, each from the candidate's own state before it; all, from the first value
            on, where there are none.
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
    moves: Moves = field(default_factory=dict)
    scheduler: str = ""
    others: Mapping[str, Any] = field(default_factory=dict)
    tensor_rate: bool = False
    judged: tuple[int, ...] = ()
    mixed: bool = False
    defaults: bool = False
    seed: int = 0
    shapes: Shapes = Shapes()

    @cached_property
    def words(self) -> str:
        """All of it, written once: to write a symbol takes long."""
        return repr(self)

    def __hash__(self) -> int:
        """Of what it says: two that are equal but for 1 and True are two."""
        return hash(self.words)

    def hyper_at(self, group: int, step: int) -> Mapping[Symbol, float]:
        """The hyperparameters of a group at a step, from 1; at step 0, those that it is constructed with."""
        hyper = self.hypers[group]
        if self.scheduler and step:
            return {**hyper, **scheduled(self.scheduler, tuple(hyper.items()), self.steps)[step - 1]}
        changes = [self.schedule[s] for s in sorted(self.schedule) if s <= step]
        hyper = {**hyper, lr: hyper[lr] * changes[-1]} if changes and lr in hyper else hyper
        moved = {k: v for k, v in self._moved(step).items() if isinstance(k, Symbol)}
        return {**hyper, **moved} if moved else hyper

    def options_at(self, group: int, step: int) -> Mapping[str, Any]:
        """The options of a group at a step, from 1; at step 0, those that it is constructed with."""
        own = {**self.options, **self.others} if group else self.options
        return {**own, **{k: v for k, v in self._moved(step).items() if isinstance(k, str)}}

    def _moved(self, step: int) -> dict[Symbol | str, Any]:
        """What has been changed up to a step."""
        return {k: v for s in sorted(self.moves) if s <= step for k, v in self.moves[s].items()}

    @property
    def changes(self) -> list[int]:
        """The steps before which something is set."""
        return list(range(1, self.steps + 1)) if self.scheduler else sorted({*self.schedule, *self.moves})

    @property
    def changed(self) -> frozenset[Symbol]:
        """The hyperparameters that are not what they were from step to step, of any group."""
        hypers = [
            [self.hyper_at(group, k) for k in range(self.steps + 1)] for group in range(len(self.hypers))
        ]
        return frozenset(
            s for of in hypers for a, b in pairwise(of) for s in b if a[s] != b[s] and a[s] == a[s]
        )


@dataclass(frozen=True)
class Block:
    """One tensor of a scenario: its group, first value and gradients (steps first).

    A vector of a `size` repeats them up to there, or a tensor of a `shape` that holds so many.
    """

    name: str
    group: int
    x0: Tensor
    gradients: Tensor
    size: int = 0
    shape: tuple[int, ...] = ()

    def whole(self, lanes: Tensor) -> Tensor:
        """What each lane has, as the tensor has it."""
        if not self.size:
            return lanes
        return lanes.repeat(-(-self.size // len(lanes)))[: self.size].reshape(self.shape or (self.size,))


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
    if shapes.pausing and len(blocks) > 1:
        slopes = blocks[1].gradients
        slopes[[0, scenario.steps // 2]] = 0.0
        if shapes.faint and scenario.steps > 1:  # nothing has moved the weight from where it was
            slopes[1] = _faint(slopes[1])
    return [*blocks, *_vectors(rng, scenario, dtype)] if shapes.sizes else blocks


FAINT = 1e-16
"""The largest element of a gradient that is next to nothing: its square is a normal number, where the format has it."""


def _faint(gradients: Tensor) -> Tensor:
    """A gradient so scaled that its largest element is next to nothing."""
    tiny = torch.finfo(gradients.dtype).tiny
    return gradients * (max(FAINT, tiny) / gradients.abs().max().clamp(min=tiny))


def _vectors(rng: np.random.Generator, scenario: Scenario, dtype: torch.dtype) -> list[Block]:
    tile = _lanes(rng, scenario, (TILE,), dtype)
    shapes = {size: AS_MATRICES.get(size, ()) for size in scenario.shapes.sizes}
    return [
        Block(
            f"a tensor of shape {shape}" if shape else f"a vector of {size:,} elements", 0, *tile, size, shape
        )
        for size, shape in shapes.items()
    ]


def _lanes(
    rng: np.random.Generator, scenario: Scenario, shape: tuple[int, ...], dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    n = int(np.prod(shape, dtype=int))
    x0 = rng.standard_normal(n) * 10.0 ** rng.uniform(-2, 1, n)
    x0[::2] = 0.0
    long = (n,) in LONG  # neighbours are alike there, and blocks are not
    kinds = np.arange(n) * KINDS // n if long else np.arange(n) // 2 % KINDS
    gradients, scales = _gradients(rng, scenario, kinds), rng.uniform(*scenario.scale, n)
    if long:
        scales = scales[np.lexsort((scales, kinds))]
    gradients = gradients * 10.0 ** scales[None, :]
    as_tensor = [torch.from_numpy(a).to(dtype) for a in (x0, gradients)]
    return as_tensor[0].reshape(shape), as_tensor[1].reshape(scenario.steps, *shape)


KINDS = 10
"""How many characters of lanes there are."""

Array = np.ndarray[Any, np.dtype[Any]]


def _gradients(rng: np.random.Generator, scenario: Scenario, kind: Array) -> Array:
    """Of size 1, lanes of ten characters: noise, constant, heavy-tailed, alternating, sparse, growing, vanishing, a
    spike before small ones, any scale, zero at first."""
    steps, n, t = scenario.steps, len(kind), np.arange(scenario.steps)[:, None]
    noise = rng.standard_normal((steps, n))
    kinds = [
        noise,
        np.broadcast_to(noise[:1], noise.shape),
        np.sign(noise) * np.exp(3 * rng.standard_normal((steps, n))),
        (1 + 1e-3 * noise) * (-1.0) ** t,
        noise * (rng.random((steps, n)) < 0.2),
        1.1 ** np.minimum(t, 60) * np.abs(noise),
        0.8 ** np.minimum(t, 100) * noise,
        np.where(t == 1, 1e3, 1.0) * noise,
        np.sign(noise) * 10.0 ** rng.uniform(-4, 4, (steps, n)),
        noise * (t > 1),
    ]
    return np.choose(kind[None, :], kinds) if n else noise
