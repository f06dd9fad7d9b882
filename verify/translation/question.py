"""What is asked of two rules, and the numbers at which it is looked into before anything is proved.

The first rule is set; of the second the hyperparameters are sought. Both run on the same weights and gradients.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0, x
from lawful.verify.language.tensors import SIZES, sizes
from lawful.verify.oracle.quick import Array, Values
from lawful.verify.translation.running import run

Point = Mapping[Symbol, float]
"""Hyperparameter of the first rule → its value."""

STEPS, LANES, POINTS = 8, 40, 7
LONG = 14
"""Steps of rules that begin otherwise than they go on."""

SHAPES = ((3, 2), (2, 5), (4, 3), (2, 2), (3, 7), (5, 2), (6, 4))


@dataclass(frozen=True)
class Question:
    """How must the second rule be set so that it does what the first does?

    Attributes:
        first: the rule that is set; its hyperparameters are known, its learning rate stays.
        second: the rule whose hyperparameters are sought.
    """

    first: Rule
    second: Rule

    @classmethod
    def of(cls, first: Rule, second: Rule) -> "Question":
        """The question while the learning rate stays what it was at first."""
        return cls(constant(first), constant(second))

    @cached_property
    def unknown(self) -> tuple[Symbol, ...]:
        """The hyperparameters that are sought; how often something is done is not."""
        return tuple(s for s in self.second.defaults if not s.is_integer and s in self._read)

    @cached_property
    def _read(self) -> frozenset[Symbol]:
        found = (e.free_symbols for e in (self.second.x, *self.second.state.values()))
        return frozenset[Symbol]().union(
            *found, *(self.second.initial(s).free_symbols for s in self.second.state)
        )

    @cached_property
    def whole(self) -> bool:
        """Whether one of them looks at whole tensors."""
        return {self.first.scope, self.second.scope} != {"lane"}

    @cached_property
    def steps(self) -> int:
        """How many steps are run."""
        return LONG if any("rho_t" in {str(s) for s in r.names} for r in (self.first, self.second)) else STEPS

    def points(self, zero: frozenset[Symbol] = frozenset()) -> list["Place"]:
        """Random settings of the first rule, at which these of its hyperparameters are 0."""
        return [Place(self, self._drawn(Random(k), zero), k) for k in range(POINTS)]

    def _drawn(self, random: Random, zero: frozenset[Symbol]) -> Point:
        return {s: 0.0 if s in zero else drawn(self.first, s, random) for s in self.first.defaults}

    @cached_property
    def of_sizes(self) -> tuple[Expr, ...]:
        """The factors that depend on nothing but a tensor's sizes."""
        every = (e for rule in (self.first, self.second) for e in (rule.x, *rule.state.values()))
        return tuple(dict.fromkeys(part for e in every for part in _of_sizes(e)))


@dataclass(frozen=True)
class Place:
    """A setting of the first rule, with weights and gradients on which both run.

    Attributes:
        question: of which rules.
        setting: of the first.
        seed: of weights and gradients.
        smallest, largest: the powers of ten between which gradients are.
        steps: how many are run; as many as the question says where it is 0.
        weight: how large weights are; a bound of their norm is seen where they are large.
    """

    question: Question
    setting: Point
    seed: int = 0
    smallest: float = -3.0
    largest: float = 1.0
    steps: int = 0
    weight: float = 1.0

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Lanes, or a matrix where whole tensors are looked at."""
        return SHAPES[self.seed % len(SHAPES)] if self.question.whole else (LANES,)

    @cached_property
    def inputs(self) -> tuple[Array, Array]:
        """(first weights, gradients of each step); gradients of all sizes."""
        random = np.random.default_rng(self.seed)
        scale = 10 ** random.uniform(self.smallest, self.largest, self.shape)
        if self.question.whole:  # now and then the whole tensor has small gradients, or else no eps is seen
            scale = scale * (1e-3 if self.seed % 2 == 0 else 1.0)
        gradients = random.normal(size=(self.steps or self.question.steps, *self.shape)) * scale
        return self.weight * random.normal(size=self.shape), gradients

    @cached_property
    def wanted(self) -> Array:
        """The first rule's weights after each step."""
        return self.run(self.question.first, self.setting)

    @cached_property
    def scale(self) -> Array:
        """How far each weight goes in a step, on average."""
        moved = np.abs(np.diff(np.concatenate([self.inputs[0][None], self.wanted]), axis=0)).mean(0)
        return np.asarray(np.maximum(moved, 1e-12))

    def run(self, rule: Rule, setting: Point, read: Symbol = x) -> Array:
        """A rule's weights, or another of its tensors, after each step."""
        return self.along(rule, [setting] * len(self.inputs[1]), read)

    def along(self, rule: Rule, settings: Sequence[Point], read: Symbol = x) -> Array:
        """The same where each step has a setting of its own."""
        start, gradients = self.inputs
        numbers = [{**self.setting, **setting} for setting in settings]
        return run(rule, start, gradients, numbers)[read]

    @cached_property
    def sizes(self) -> Mapping[Symbol, Any]:
        """The sizes of the tensor."""
        return sizes(self.shape)

    def value(self, expr: Expr) -> float:
        """The value of an expression in the first rule's hyperparameters and the sizes."""
        return float(Values({**self.setting, **self.sizes}, self.shape).of(expr))


def drawn(rule: Rule, symbol: Symbol, random: Random) -> float:
    """A value of a hyperparameter near the one at which every term shows."""
    usual = rule.domain(symbol).values[0]
    less = random.uniform(0.6, 1.0)
    return usual if symbol.is_integer else usual * (less if usual * less in rule.domain(symbol) else 2 - less)


def _of_sizes(expr: Expr) -> Iterator[Expr]:
    """The largest powers in an expression that depend on sizes alone."""
    if expr.is_Pow and expr.free_symbols and expr.free_symbols <= {*SIZES}:
        yield expr
    else:
        for part in expr.args:
            yield from _of_sizes(part)


def constant(rule: Rule) -> Rule:
    """A rule while its learning rate stays what it was at first."""
    return rule.replace({lr_0: lr}) if lr_0 in rule.defaults else rule
