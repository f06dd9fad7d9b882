"""The oracle: a rule run to (value, error budget) per element, step by step.

The value is the rule in exact-enough arithmetic on the numbers that the user wrote; the budget is the forward
error analysis of `lawful.verify.budget` along the same expressions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from sympy import Expr, Integer, Piecewise, Symbol, lambdify, sympify
from torch import Tensor

from lawful.verify import balls
from lawful.verify.balls import Ball
from lawful.verify.compiler import Compiler
from lawful.verify.formats import Format
from lawful.verify.rule import Rule
from lawful.verify.step import Node, Step
from lawful.verify.symbols import g, lr, t, x
from lawful.verify.tensors import SIZES, sizes

Hyper = Mapping[Symbol, float]


@dataclass(frozen=True)
class State:
    """Where a trajectory is: steps made, parameter and state, each lane a ball."""

    t: int
    x: Ball
    slots: Mapping[Symbol, Ball]


@dataclass(frozen=True)
class Case:
    """The rule with its cases decided (first step, no momentum …), compiled."""

    x: Node
    slots: Mapping[Symbol, Node]


@dataclass
class Oracle:
    """A rule compiled for one format.

    Args:
        rule: the rule.
        fmt: the format of the implementation under test.
    """

    rule: Rule
    fmt: Format
    _cases: dict[tuple[Any, ...], Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Finds the conditions on which the rule branches."""
        expressions = (self.rule.x, *self.rule.state.values())
        self._conditions = sorted(
            {c for e in expressions for p in e.atoms(Piecewise) for _, c in p.args}, key=str
        )
        self._truth = lambdify([t, *SIZES, *self.rule.hyperparameters], list(self._conditions), "math")

    def start(self, x0: Tensor) -> State:
        """The state before the first step, for parameters of any shape and dtype."""
        blank = (
            x0 if self.rule.scope == "lane" else x0.new_empty(())
        )  # spread over what the first step makes of it
        return State(
            0,
            self.ball(x0),
            {s: self.ball(torch.full_like(blank, float(self.rule.initial(s)))) for s in self.rule.state},
        )

    def ball(self, value: Tensor) -> Ball:
        """A tensor as exactly known."""
        return balls.exact(value, self.fmt.exact_centre)

    def step(self, state: State, gradient: Tensor, hyper: Hyper) -> State:
        """The state after one more step with this gradient."""
        now = state.t + 1
        known = {t: now, **sizes(gradient.shape)}
        case = self._case(known, hyper)
        tensors = {x: state.x, g: self.ball(gradient), **state.slots}
        run = Step({**hyper, **known}, tensors, self.fmt)
        after = run.results({x: case.x, **case.slots})
        return State(now, after.pop(x), after)

    def read(self, hyper: Hyper) -> frozenset[Symbol]:
        """The state symbols that matter at these hyperparameters: without momentum there is no buffer."""
        return self._read(self._zeros(hyper))

    def _read(self, zeros: tuple[Symbol, ...]) -> frozenset[Symbol]:
        nothing = {s: Integer(0) for s in zeros}
        used = (e.subs(nothing).free_symbols for e in (self.rule.x, *self.rule.state.values()))
        return frozenset(self.rule.state) & frozenset[Symbol]().union(*used)

    def _zeros(self, hyper: Hyper) -> tuple[Symbol, ...]:
        """The hyperparameters that are 0. Not lr: 0·(an overflow) is NaN, so what it multiplies matters."""
        return tuple(s for s in self.rule.hyperparameters if hyper[s] == 0 and s != lr)

    def _case(self, known: Mapping[Symbol, int], hyper: Hyper) -> Case:
        values = (*(known[s] for s in (t, *SIZES)), *(hyper[s] for s in self.rule.hyperparameters))
        truth = tuple(bool(c) for c in self._truth(*values))
        zeros = self._zeros(hyper)
        if (truth, zeros) not in self._cases:
            self._cases[truth, zeros] = self._compile(dict(zip(self._conditions, truth, strict=True)), zeros)
        return self._cases[truth, zeros]

    def _compile(self, truth: Mapping[Expr, bool], zeros: tuple[Symbol, ...]) -> Case:
        nothing = {s: Integer(0) for s in zeros}

        def resolved(expr: Expr) -> Expr:
            return sympify(decided(expr, truth)).subs(nothing)

        new_x, new_slots = resolved(self.rule.x), {s: resolved(e) for s, e in self.rule.state.items()}
        stored = frozenset(new_slots[s] for s in self._read(zeros))
        compiler = Compiler(self.rule.tensors, stored)
        return Case(compiler.node(new_x), {s: compiler.node(e) for s, e in new_slots.items()})


def decided(expr: Expr, truth: Mapping[Expr, bool]) -> Expr:
    """The expression with the branch of every `Piecewise` chosen; conditions not listed must be `True`."""
    return expr.replace(Piecewise, lambda *branches: next(e for e, c in branches if truth.get(c, c == True)))  # noqa: E712
