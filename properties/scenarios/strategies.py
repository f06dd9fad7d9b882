"""How scenarios are drawn by Hypothesis: one factor at a time around a generic point, then everything at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from sympy import Symbol

from lawful.properties.scenarios.scenarios import Scenario, shapes_of
from lawful.properties.scenarios.schedules import SCHEDULERS
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0


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
