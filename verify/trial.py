"""What a law predicts of an implementation that runs on a problem: at which end of [−1, 1] it stands in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import exp

from flint import arb
from sympy import Symbol

from lawful.verify.drift import mean_step, period_step
from lawful.verify.exact import rational
from lawful.verify.problems import Problem
from lawful.verify.rule import Rule


@dataclass(frozen=True)
class Trial:
    """A run on a problem whose end the exact drift predicts.

    Attributes:
        rule: the rule in its long run: without bias correction or clipping, which fade.
        problem: the problem.
        hyper: every hyperparameter of the rule, as the exact value of the float that the implementation is given.
        steps: how many steps.
        lanes: how many independent runs.
        margin: how far from the predicted end a lane may stand.
    """

    rule: Rule
    problem: Problem
    hyper: Mapping[Symbol, float]
    steps: int = 20_000
    lanes: int = 128
    margin: float = 0.5
    start: float = field(default=0.0)

    @cached_property
    def drift(self) -> arb:
        """The mean of next x − x per step, in the long run, as a ball that holds it."""
        values, at = [rational(a) for a in self.problem.values], self._at
        if self.problem.chances is None:
            return period_step(self.rule, values, at) / len(values)
        return mean_step(self.rule, self._noise, at)

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
        """How many times the drift crosses from the start to the end within the steps; a trial needs well above 1."""
        return float(abs(self.drift)) * self.steps / (1 + abs(self.start))

    @cached_property
    def spread(self) -> float:
        """The mean distance from the end at which a lane stands: E[step²] / (2·|drift|), as of a diffusion at a wall."""
        if self.problem.chances is None:
            return float(max(abs(a) for a in self.problem.values)) * float(abs(self.drift))
        return float(mean_step(self.rule, self._noise, self._at, moment=2) / (2 * abs(self.drift)))

    @property
    def false_alarm(self) -> float:
        """How likely it is that some lane of a correct implementation stands beyond the margin, at most (estimate)."""
        return min(1.0, self.lanes * exp(-self.margin / self.spread))

    @property
    def _noise(self) -> list[tuple[arb, arb]]:
        return [(rational(value), rational(chance)) for value, chance in self.problem.noise]

    @property
    def _at(self) -> dict[Symbol, arb]:
        return {symbol: rational(value) for symbol, value in self.hyper.items()}
