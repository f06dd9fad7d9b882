"""The oracle: a rule run to (value, error budget) per element, step by step.

The value is the rule in exact-enough arithmetic on the numbers that the user wrote; the budget is the forward
error analysis of `lawful.verify.oracle.budget` along the same expressions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import torch
from sympy import Expr, Symbol, srepr
from torch import Tensor

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, lr, t, x
from lawful.verify.language.tensors import sizes
from lawful.verify.oracle import balls
from lawful.verify.oracle.apart import step_of
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.fused.running import Fusion
from lawful.verify.oracle.program import Case, program
from lawful.verify.oracle.scalars import Environment, Scalar, evaluated, holds, symbols
from lawful.verify.oracle.step import Step, charged

Hyper = Mapping[Symbol, float]


@dataclass(frozen=True)
class State:
    """Where a trajectory is: steps made, parameter and state, each lane a ball; state that is one number a scalar; how
    many lanes each tensor has, where there are several.
    """

    t: int
    x: Ball
    slots: Mapping[Symbol, Ball]
    scalars: Mapping[Symbol, Scalar] = field(default_factory=dict)
    pieces: tuple[int, ...] = ()


@dataclass
class Oracle:
    """A rule compiled for one format.

    Args:
        rule: the rule.
        fmt: the format of the implementation under test.
        patience: before its steps are compiled, see `lawful.verify.oracle.fused.running`; infinite, they never are.
    """

    rule: Rule
    fmt: Format
    patience: float = 1.0

    def __post_init__(self) -> None:
        """Finds the rule's program."""
        self._program = program(step_of(self.rule) if self.fmt.adding else self.rule)

    def start(self, x0: Tensor, hyper: Hyper = MappingProxyType({}), pieces: tuple[int, ...] = ()) -> State:
        """The state before the first step, for parameters of any shape and dtype.

        `hyper` is needed where a state starts at a hyperparameter, and `pieces` where the lanes are those of several
        tensors, at which the rule looks one by one: how many each has.
        """
        first = self.ball(x0.clone())  # what steps in place must not move it
        run = Step(hyper, {x: first}, self.fmt, pieces)
        compiler = Compiler(self._program.tensors, frozenset())
        initial = {s: self.rule.initial(s) for s in self.rule.state}
        slots = {s: compiler.node(e)(run) for s, e in initial.items() if s in self._program.tensors}
        numbers = {s: self._kept(initial[s], hyper) for s in self._program.numbers}
        like = (
            x0 if self.rule.scope == "lane" else x0.new_empty(())
        )  # a factor is as large as the first step makes it
        return State(0, first, {s: balls.spread(b, like) for s, b in slots.items()}, numbers, pieces)

    def ball(self, value: Tensor) -> Ball:
        """A tensor as exactly known."""
        return balls.exact(value, self.fmt.exact_centre)

    def step(self, state: State, gradient: Tensor, hyper: Hyper) -> State:
        """The state after one more step with this gradient."""
        now = state.t + 1
        kept: dict[Symbol, Any] = {**hyper, t: now, **sizes(gradient.shape), **state.scalars}
        case, sure = self._case(kept, hyper)
        tensors = {x: self._taken(state.x), g: self._taken(self.ball(gradient)), **state.slots}
        read = {
            s: scalar.rounded(self.fmt.kept) for s, scalar in state.scalars.items()
        }  # or stored before it is read
        run = Step({**kept, **read}, tensors, self.fmt, state.pieces)
        nodes = {**case.slots, x: case.x}  # what overflows only on the way to x leaves the state alone
        after = self._fusion(case, run).results(run, nodes, self.patience)
        after = after if sure else {s: b.widened(torch.inf) for s, b in after.items()}
        last = self._added(state.x, after.pop(x))
        scalars = {s: self._kept(e, kept) for s, e in case.scalars.items()}
        return State(now, last, after, scalars, state.pieces)

    def _added(self, before: Ball, found: Ball) -> Ball:
        """The next parameter: what was found, or what it is added to."""
        adding = self.fmt.adding
        return charged(balls.add(before, found), adding) if adding else found

    def _fusion(self, case: Case, step: Step) -> Fusion:
        """What is compiled for steps like this one: what is exact in it, is so in all of them."""
        alike = self.fmt.exact_centre, tuple((s, balls.is_exact(ball)) for s, ball in step.tensors.items())
        if alike not in case.fused:
            case.fused[alike] = Fusion(lambda: sha256(f"{case.of()} {srepr(alike)}".encode()).hexdigest())
        return case.fused[alike]

    def evaluated(self, state: State, hyper: Hyper) -> Ball:
        """What evaluation uses in the parameter's place in this state."""
        if self.rule.evaluated is None:
            return state.x
        run = Step(hyper, {x: state.x, **state.slots}, self.fmt, state.pieces)
        node = Compiler(self._program.tensors, frozenset()).node(self.rule.evaluated)
        return run.results({x: node})[x]

    def _taken(self, ball: Ball) -> Ball:
        """A parameter or a gradient as the step computes with it."""
        loss = self.fmt.taken
        return ball.widened(balls.plus(ball.radius, ball.magnitude(), loss)) if loss else ball

    def _kept(self, expr: Expr, environment: Environment) -> Scalar:
        """A scalar that is stored until the next step."""
        values = tuple(environment[s] for s in symbols(expr))
        scalar = evaluated(expr, values, self.fmt.scalar)
        return scalar if expr.is_Integer else scalar.rounded(self.fmt.kept)

    def read(self, hyper: Hyper, shape: Sequence[int] = ()) -> frozenset[Symbol]:
        """The state symbols that matter at these hyperparameters and for parameters of this shape: without momentum
        there is no buffer, and a vector has no factors."""
        found = sizes(shape)
        known = [c for c in self._program.conditions if c.free_symbols <= found.keys()]
        return self._program.read(tuple((c, bool(c.subs(found))) for c in known), self._zeros(hyper))

    def _zeros(self, hyper: Hyper) -> tuple[Symbol, ...]:
        """The hyperparameters that are 0. Not lr: 0·(an overflow) is NaN, so what it multiplies matters."""
        return tuple(s for s in self.rule.hyperparameters if hyper[s] == 0 and s != lr)

    def _case(self, environment: Environment, hyper: Hyper) -> tuple[Case, bool]:
        """The case, and whether it is sure that it is this one."""
        found = {c: holds(c, environment, self.fmt.scalar) for c in self._program.conditions}
        truth = tuple((condition, value) for condition, (value, _) in found.items())
        return self._program.case(truth, self._zeros(hyper)), all(sure for _, sure in found.values())
