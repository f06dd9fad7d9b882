"""How scenarios are drawn by Hypothesis: one factor at a time around a generic point, then everything at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from sympy import Symbol

from lawful.properties.scenarios.moving import TWICE_A_DOZEN, Held, held, movable, moves
from lawful.properties.scenarios.scenarios import Moves, Scenario, every_kind, few, large, shapes_of
from lawful.properties.scenarios.schedules import CYCLING, SCHEDULERS
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.forms import remembered
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, lr, lr_0, momentum


@dataclass(frozen=True)
class Draw:
    """What a scenario is drawn from.

    Attributes:
        candidate: whose rule, options and constructor decide what can be drawn.
        steps: how many at least and at most.
        low: whether the format is too narrow for extreme scales.
        pins: options (by name), hyperparameters (by symbol, for an option may be called alike) and `groups`, `mixed`,
            `schedule`, `scheduler` that are given; `idle`, the group in which every hyperparameter is 0 that may be;
            `moving`, whether what groups hold is changed in every step, and `remembered`, whether that too by which
            state is multiplied; `tensor`, whether lr is one; `large`, whether tensors are; `judged`, the steps of a
            long run that are.
        generic: whether everything else is such that every term shows: no hyperparameter at 0, options off.
        keys: what the candidate's groups hold.
    """

    candidate: Candidate
    steps: tuple[int, int]
    low: bool = False
    pins: Mapping[str | Symbol, Any] = field(default_factory=dict)
    generic: bool = False
    keys: Held = field(default_factory=Held)

    def free(self, symbol: Symbol) -> bool:
        """Whether the constructor takes this hyperparameter and the user has not fixed it."""
        return symbol in self.candidate.binding.free

    def values(self, rule: Rule, symbol: Symbol, group: int = 0) -> tuple[float, ...]:
        """From where a hyperparameter of a group is drawn."""
        default = rule.defaults[symbol]
        if symbol in self.pins:
            return (self.pins[symbol],)
        if "judged" in self.pins and self.free(symbol) and (end := _end(rule, symbol, self.low)):
            return (end,)
        if not self.free(symbol):
            return (self.candidate.defaults(rule)[symbol],)
        values = tuple(dict.fromkeys((*rule.domain(symbol).values, default)))
        if isnan(default) and not _may_be_none(self.candidate, symbol):
            values = values[:-1]
        if self.pins.get("idle") == group and 0.0 in values:
            return (0.0,)
        return tuple(v for v in values if v != 0) if self.generic else values


def _may_be_none(candidate: Candidate, symbol: Symbol) -> bool:
    """Whether the constructor takes None for a hyperparameter."""
    name = candidate.binding.free.get(symbol)
    return name is not None and candidate.constructor.offers_none(name)


def _end(rule: Rule, symbol: Symbol, low: bool) -> float | None:
    """For long runs: the longest memory that people use; the smallest of what only keeps a quotient finite, where the
    format has it."""
    values = [v for v in rule.domain(symbol).values if v]
    if symbol in remembered(rule):
        return max(values)
    return min(values) if min(values) < NEGLIGIBLE and not low else None


NEGLIGIBLE = 1e-12


def plan(candidate: Candidate, steps: tuple[int, int], low: bool, far: bool = True) -> list[Draw]:
    """One factor at a time around a generic point: everything that groups hold changed in every step, without and with
    that by which state is multiplied; nothing else; each other value of each option; each hyperparameter at 0 that may
    be 0; two groups with other options, each idle in turn; two dtypes, with each its own of what follows the dtype, at
    gradients as small as that; a scheduler; tensors of every kind; large tensors; many steps. The free draws come last.
    """
    rule, keys = candidate.rule(candidate.options.plain), held(candidate)
    factors: list[dict[str | Symbol, Any]] = []
    factors += [{"moving": True}] if movable(keys, rule) else [{"schedule": True}]
    factors += [{}]
    factors += [{"moving": True, "remembered": True}] if movable(keys, rule) & remembered(rule) else []
    factors += [{o: value} for o, values in candidate.options.values.items() for value in values[1:]]
    zero = [s for s in rule.defaults if s in candidate.binding.free and 0.0 in rule.domain(s).values]
    still = zero if lr not in keys.symbols else [s for s in zero if s in remembered(rule)]
    factors += [{s: 0.0} for s in still]
    if candidate.groups > 1:
        factors += [{"groups": 2, "idle": group} for group in (0, 1)] if zero else [{"groups": 2}]
    of_dtype = {s: d for s, d in rule.defaults.items() if isnan(d) and _may_be_none(candidate, s)}
    factors += [{"mixed": True, **({"near": True, **of_dtype} if of_dtype else {})}]
    factors += [{"scheduler": True}] if schedulers(candidate, keys) else []
    factors += [{"shapes": every_kind(rule)}]
    factors += [{"shapes": large(rule)}, {"judged": SWITCHES}] if far else []
    tensors = candidate.torchs and lr in movable(keys, rule)
    factors += [{"moving": True, "tensor": True}] if tensors else []
    pinned = [Draw(candidate, _length(pins, steps), low, pins, True, keys) for pins in factors]
    return [*pinned, Draw(candidate, steps, low, keys=keys)]


SWITCHES = (
    7,
    10,
    11,
    50,
    51,
    100,
    101,
    200,
    201,
    255,
    256,
    257,
    500,
    501,
    1000,
    1001,
    1024,
    1025,
    2000,
    2001,
)
"""Steps at which something may be switched on or off, beyond those of short runs, and those after them."""


def _length(pins: Mapping[str | Symbol, Any], steps: tuple[int, int]) -> tuple[int, int]:
    """How many steps at least and at most."""
    fixed = {"moving": TWICE_A_DOZEN, "shapes": 2, "judged": max(SWITCHES)}
    return next(((n, n) for name, n in fixed.items() if name in pins), steps)


def schedulers(candidate: Candidate, keys: Held) -> list[str]:
    """Those of torch's schedulers that must take the candidate: lr is where they look for it, and momentum too."""
    if not issubclass(candidate.cls, torch.optim.Optimizer) or lr not in candidate.binding.free:
        return []
    own = candidate.binding.free.get(lr) == "lr" or "lr" in keys.names
    cycled = {candidate.binding.free.get(s) for s in (momentum, beta1)} & {"momentum", "betas"}
    return [*(SCHEDULERS if own else ()), *(CYCLING if own and cycled else ())]


@st.composite
def scenarios(draw: st.DrawFn, source: Draw) -> Scenario:
    """Scenarios of a candidate's rule."""
    options, pins = draw(_options(source)), source.pins
    most = source.candidate.groups
    groups = min(pins.get("groups") or (1 if source.generic else draw(st.integers(1, most))), most)
    length = draw(st.integers(*source.steps))
    rule = source.candidate.rule(options)
    hypers = tied([draw(_hyper(source, options, group)) for group in range(groups)], rule, source.candidate)
    scales = _scales(hypers[0], source.low, "judged" in pins)
    scale = scales[1] if "near" in pins else draw(st.sampled_from(scales))
    schedule = draw(_schedules(length)) if _chosen(draw, source, "schedule") else {}
    known = schedulers(source.candidate, source.keys)
    scheduled = known and not schedule and _chosen(draw, source, "scheduler")
    return Scenario(
        options=options,
        hypers=hypers,
        steps=length,
        scale=scale,
        schedule=schedule,
        moves=draw(_moves(source, options, hypers[0], length)) if pins.get("moving") else {},
        scheduler=draw(st.sampled_from(known)) if scheduled else "",
        others=_others(source, options, hypers) if rule.scope != "optimizer" else {},
        tensor_rate=bool(pins.get("tensor")),
        judged=pins.get("judged", ()),
        mixed=_chosen(draw, source, "mixed") and rule.scope != "optimizer",
        seed=draw(st.integers(0, 2**32 - 1)),
        shapes=pins.get("shapes") or (few(rule) if pins.get("judged") else shapes_of(rule)),
    )


def _chosen(draw: st.DrawFn, source: Draw, name: str) -> bool:
    return bool(source.pins[name] if name in source.pins else not source.generic and draw(st.booleans()))


@st.composite
def _moves(
    draw: st.DrawFn, source: Draw, options: Mapping[str, Any], hyper: Mapping[Symbol, float], steps: int
) -> Moves:
    """Changes of everything that groups hold, in turn from values that are drawn."""
    candidate, rule = source.candidate, source.candidate.rule(options)
    kept = remembered(rule)
    moved = movable(source.keys, rule) - (frozenset() if source.pins.get("remembered") else kept)
    values: dict[Symbol | str, tuple[Any, ...]] = {}
    for symbol in (s for s in rule.defaults if s in moved):
        some = tuple(
            v
            for v in (*rule.domain(symbol).values, 0.0)
            if v in rule.domain(symbol) and (v or symbol not in kept)
        )
        values[symbol] = tuple(dict.fromkeys(some))
    values |= {
        o: candidate.options.values[o]
        for o in sorted(source.keys.options)
        if len(candidate.options.values[o]) > 1
    }
    warm = moved <= movable(source.keys, rule) - kept
    return moves(candidate, options, hyper, values, steps, draw(st.integers(0, 5)), warm)


def _others(
    source: Draw, options: Mapping[str, Any], hypers: tuple[Mapping[Symbol, float], ...]
) -> Mapping[str, Any]:
    """Each option that groups hold at another value in the second group, where the rule allows it."""
    found: dict[str, Any] = {}
    for option in sorted(source.keys.options) if len(hypers) > 1 else ():
        for value in source.candidate.options.values[option]:
            other = {**options, **found, option: value}
            if value != options[option] and source.candidate.family.allows(
                other, {s.name: v for s, v in hypers[1].items()}
            ):
                found[option] = value
    return found


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


def tied(
    hypers: list[Mapping[Symbol, float]], rule: Rule, candidate: Candidate
) -> tuple[Mapping[Symbol, float], ...]:
    """The groups' hyperparameters, with lr_0 the learning rate that each group begins with, and alike in what groups
    have in common."""
    alike = {s: hypers[0][s] for s in candidate.shared(rule) & hypers[0].keys()}
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


def _scales(hyper: Mapping[Symbol, float], low: bool, far: bool) -> tuple[tuple[float, float], ...]:
    """Ordinary, around eps, and wide; narrow formats only hold the first. In long runs from eps to ordinary."""
    eps = next((value for s, value in hyper.items() if s.name == "eps"), 1e-8)
    near = float(np.log10(max(eps, 1e-12)))
    if far and not low and 0 < eps < NEGLIGIBLE:
        return ((float(np.log10(eps)) - 1, 1.0),)
    return (
        ((-2.0, 1.0), (-1.0, 0.5)) if low else ((-3.0, 2.0), (near - 1, near + 2), (-1.0, 1.0), (-8.0, 8.0))
    )


@st.composite
def _schedules(draw: st.DrawFn, steps: int) -> Mapping[int, float]:
    """lr stops and goes on, or changes twice; the state goes on at lr = 0."""
    first = draw(st.integers(2, max(2, steps // 2)))
    second = draw(st.integers(first + 1, first + 4))
    return {first: draw(st.sampled_from((0.0, 0.1, 2.0))), second: draw(st.sampled_from((0.3, 1.0)))}
