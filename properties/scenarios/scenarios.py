"""Scenarios: what one run of a candidate is made of, drawn by Hypothesis; its lanes are expanded from a seed by numpy.

One scenario is one optimizer over several tensors: two of one shape (else shared counters do not show),
a three-dimensional one, a scalar, sometimes one of another dtype and a second group with hyperparameters of its own.
Gradients are open loop: drawn beforehand, whatever the parameters do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.scenarios.schedules import SCHEDULERS, rates
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0

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


# ------------------------------------------------------------------------------------------ strategies
@dataclass(frozen=True)
class Draw:
    """What a scenario is drawn from.

    Attributes:
        candidate: whose rule, options and constructor decide what can be drawn.
        steps: how many at least and at most.
        low: whether the format is too narrow for extreme scales.
        pins: options, hyperparameters (by name) and `groups`, `mixed`, `schedule`, `scheduler` that are given; `idle`,
            the group in which every hyperparameter is 0 that may be.
        generic: whether everything else is such that every term shows: no hyperparameter at 0, options off.
    """

    candidate: Candidate
    steps: tuple[int, int]
    low: bool = False
    pins: Mapping[str, Any] = field(default_factory=dict)
    generic: bool = False

    def free(self, symbol: Symbol) -> bool:
        """Whether the constructor takes this hyperparameter and the user has not fixed it."""
        return symbol in self.candidate.binding.free

    def values(self, rule: Rule, symbol: Symbol, group: int = 0) -> tuple[float, ...]:
        """From where a hyperparameter of a group is drawn."""
        default = rule.defaults[symbol]
        if symbol.name in self.pins:
            return (self.pins[symbol.name],)
        if not self.free(symbol):
            return (self.candidate.defaults(rule)[symbol],)
        values = tuple(dict.fromkeys((*rule.domain(symbol).values, default)))
        if self.pins.get("idle") == group and 0.0 in values:
            return (0.0,)
        return tuple(v for v in values if v != 0) if self.generic else values


def plan(candidate: Candidate, steps: tuple[int, int], low: bool) -> list[Draw]:
    """One factor at a time around a generic point: nothing else; each other value of each option; each hyperparameter
    at 0 that may be 0; two groups, each idle in turn; two dtypes, with each its own of what follows the dtype; lr that
    stops and goes on, or that a scheduler sets. The free draws come last."""
    rule = candidate.rule(candidate.options.plain)
    factors: list[dict[str, Any]] = [{}]
    factors += [{o: value} for o, values in candidate.options.values.items() for value in values[1:]]
    zero = [s.name for s in rule.defaults if s in candidate.binding.free and 0.0 in rule.domain(s).values]
    factors += [{name: 0.0} for name in zero]
    factors += [{"groups": 2, "idle": group} for group in (0, 1)] if zero else [{"groups": 2}]
    of_dtype = {s.name: default for s, default in rule.defaults.items() if np.isnan(default)}
    factors += [{"mixed": True, **of_dtype}, {"schedule": True}]
    factors += [{"scheduler": True}] if _schedulable(candidate) else []
    return [*(Draw(candidate, steps, low, pins, True) for pins in factors), Draw(candidate, steps, low)]


def _schedulable(candidate: Candidate) -> bool:
    """Whether torch's schedulers take the candidate, and lr is where they look for it."""
    return issubclass(candidate.cls, torch.optim.Optimizer) and candidate.binding.names.get(lr) == "lr"


@st.composite
def scenarios(draw: st.DrawFn, source: Draw) -> Scenario:
    """Scenarios of a candidate's rule."""
    options = draw(_options(source))
    groups = source.pins.get("groups") or (1 if source.generic else draw(st.integers(1, 2)))
    length = draw(st.integers(*source.steps))
    rule = source.candidate.rule(options)
    hypers = tied([draw(_hyper(source, options, group)) for group in range(groups)], rule)
    scale = draw(st.sampled_from(_scales(hypers[0], source.low)))
    schedule = draw(_schedules(length)) if _chosen(draw, source, "schedule") else {}
    scheduled = _schedulable(source.candidate) and not schedule and _chosen(draw, source, "scheduler")
    return Scenario(
        options=options,
        hypers=hypers,
        steps=length,
        scale=scale,
        schedule=schedule,
        scheduler=draw(st.sampled_from(sorted(SCHEDULERS))) if scheduled else "",
        mixed=_chosen(draw, source, "mixed") and rule.scope != "optimizer",
        seed=draw(st.integers(0, 2**32 - 1)),
        shapes=shapes_of(rule),
    )


def _chosen(draw: st.DrawFn, source: Draw, name: str) -> bool:
    return bool(source.pins[name] if name in source.pins else not source.generic and draw(st.booleans()))


@st.composite
def _options(draw: st.DrawFn, source: Draw) -> Mapping[str, Any]:
    candidate, pins = source.candidate, source.pins
    choices = {o: v[:1] if source.generic else v for o, v in candidate.options.values.items()}
    return {o: pins[o] if o in pins else draw(st.sampled_from(values)) for o, values in choices.items()}


@st.composite
def _hyper(draw: st.DrawFn, source: Draw, options: Mapping[str, Any], group: int) -> Mapping[Symbol, float]:
    """Hyperparameters that the rule allows together; those that the constructor lacks keep the rule's defaults.

    The simplest ones, which Hypothesis draws first, are others in each group.
    """
    rule = source.candidate.rule(options)
    values = {s: source.values(rule, s, group) for s in rule.defaults}
    hyper = {s: draw(st.sampled_from(turned(found, group))) for s, found in values.items()}
    return allowed(source.candidate, options, hyper)


def turned(values: tuple[float, ...], by: int) -> tuple[float, ...]:
    """The values, beginning at another place."""
    return values[by % len(values) :] + values[: by % len(values)]


def tied(hypers: list[Mapping[Symbol, float]], rule: Rule) -> tuple[Mapping[Symbol, float], ...]:
    """The groups' hyperparameters, with lr_0 the learning rate that each group begins with, and alike in what a mean
    over all groups depends on."""
    alike = {s: hypers[0][s] for s in rule.shared}
    return tuple({**hyper, **alike, **({lr_0: hyper[lr]} if lr_0 in hyper else {})} for hyper in hypers)


def allowed(
    candidate: Candidate, options: Mapping[str, Any], hyper: dict[Symbol, float]
) -> Mapping[Symbol, float]:
    """The same, with momentum on and dampening off where the rule's options need that."""
    by_name = {s.name: s for s in hyper}
    if not candidate.family.allows(options, {s.name: value for s, value in hyper.items()}):
        for name, value in (("momentum", 0.9), ("dampening", 0.0)):
            if name in by_name and (name == "dampening" or hyper[by_name[name]] == 0):
                hyper[by_name[name]] = value
    return hyper


def _scales(hyper: Mapping[Symbol, float], low: bool) -> tuple[tuple[float, float], ...]:
    """Ordinary, around eps, and wide; narrow formats only hold the first."""
    eps = next((value for s, value in hyper.items() if s.name == "eps"), 1e-8)
    near = float(np.log10(max(eps, 1e-12)))
    return (
        ((-2.0, 1.0), (-1.0, 0.5)) if low else ((-3.0, 2.0), (near - 1, near + 2), (-1.0, 1.0), (-8.0, 8.0))
    )


@st.composite
def _schedules(draw: st.DrawFn, steps: int) -> Mapping[int, float]:
    """lr stops and goes on, or changes twice; the state goes on at lr = 0."""
    first = draw(st.integers(2, max(2, steps // 2)))
    second = draw(st.integers(first + 1, first + 4))
    return {first: draw(st.sampled_from((0.0, 0.1, 2.0))), second: draw(st.sampled_from((0.3, 1.0)))}
