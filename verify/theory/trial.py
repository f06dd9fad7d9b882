"""What a law predicts of an implementation on a problem: at which end of [−1, 1] it stands at last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp

from flint import arb, ctx, fmpq
from sympy import Symbol, factor

from lawful.verify.language.memory import on_average
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, x
from lawful.verify.provers.arithmetic.drift import Blocks, State, mean, moved, period_step, settled
from lawful.verify.provers.arithmetic.evaluate import PRECISION, Number, evaluate, layers, rational
from lawful.verify.theory.problem import Problem


@dataclass(frozen=True)
class Trial:
    """A run on a problem whose end the exact drift predicts.

    Attributes:
        rule: the rule in its long run, without bias correction or clipping, which fade; its lr is 1.
        problem: the problem; its losses are linear.
        hyper: the hyperparameters but lr that the rule depends on, as the floats that are given.
        lr: the learning rate.
        steps: how many steps.
        lanes: how many independent runs.
        margin: how far from the predicted end a lane may stand.
    """

    rule: Rule
    problem: Problem
    hyper: Mapping[Symbol, float]
    lr: float
    steps: int = 20_000
    lanes: int = 128
    margin: float = 0.5

    @cached_property
    def drift(self) -> arb:
        """The mean of next x − x per step, in the long run, as a ball that holds it."""
        if self.problem.is_random:
            return self._moment(1) * self.lr
        with ctx.workprec(PRECISION):
            values = [rational(a) for a in self.problem.values]
            return period_step(self.rule, values, self._at) / len(values) * self.lr

    @property
    def end(self) -> int | None:
        """The end towards which it drifts, or None if the sign of the drift is not certain."""
        return None if self.drift.contains(0) else (1 if self.drift > 0 else -1)

    @property
    def is_right(self) -> bool:
        """Whether that end is the optimum."""
        return self.end == self.problem.optimum

    @property
    def travel(self) -> float:
        """How many times the drift crosses from start to end within the steps; to be well above 1."""
        return float(self.drift.abs_lower()) * self.steps / (1 + abs(self.problem.start))

    @cached_property
    def spread(self) -> float:
        """The mean distance from the end at which a lane stands: E[step²] / (2·|drift|), as of a diffusion
        at a wall; 0 where nothing is random."""
        if not self.problem.is_random:
            return 0.0
        return float((self._moment(2) * self.lr**2 / (2 * abs(self.drift))).upper())

    @property
    def false_alarm(self) -> float:
        """About how likely some lane of a correct implementation stands beyond the margin, at most."""
        return min(1.0, self.lanes * exp(-self.margin / self.spread)) if self.spread else 0.0

    def _moment(self, power: int) -> arb:
        """E[(next x − x)^power] per lr^power without momentum, to a twentieth of itself where that is within reach."""
        rule = on_average(self.rule)
        blocks = [([rational(a) for a in block], rational(chance)) for block, chance in self.problem.blocks]
        start = settled(self.rule, blocks, self._at)
        state = {s: start[s] for s in rule.state}

        of = self._next(rule, blocks, power)
        return mean(
            of, rule, blocks, state, self._at, lambda found: bool(20 * found.rad() < abs(found.mid()))
        )

    def _next(self, rule: Rule, blocks: Blocks, power: int) -> Callable[[State], Number]:
        """State → the next block's mean. Of single gradients as one expression, whose factors keep balls small."""
        if self.problem.order != "independent":
            return lambda state: moved(rule, blocks, state, self._at, power)
        steps = (chance * (rule.x - x).subs(g, value) ** power for value, chance in self.problem.noise)
        step = factor(sum(steps))
        return lambda state: evaluate(step, layers(state, self._at))

    @property
    def _at(self) -> dict[Symbol, fmpq]:
        return {symbol: rational(value) for symbol, value in self.hyper.items()}
