"""What a race is, and how it ended: data that workers return, and the verdict that follows from it.

Of rules whose drift is known exactly, the drift decides; of all others, many runs do. Where runs contradict a drift,
they were too short, or the implementation is not its rule: that is left undecided. A run has gone right if its
weight ends at most half as far from the best as it began, and wrong if it ends no nearer than it began.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import comb

from sympy import Symbol

from lawful.verify.evidence import Series
from lawful.verify.language.symbols import beta1, beta2, lr, weight_decay
from lawful.verify.theory.problem import Problem

FALSE_ALARM = 1e-6
"""How likely a verdict from runs is, at most, though no more than half of all runs go that way."""

FEWEST = 20
"""The fewest runs that can reach that."""


class End(StrEnum):
    """Where an optimizer arrives."""

    RIGHT = "right end"
    WRONG = "wrong end"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Course:
    """What is raced on, and how.

    Attributes:
        problem: the problem's name.
        rates: the learning rates; the problem's own where there are none.
        betas: pairs of betas; the problem's own where there are none.
        seeds: how many runs of each, where losses are drawn.
        steps: how many steps; the problem's own where it is 0.
        seed: of everything that is drawn.
    """

    problem: str
    rates: tuple[float, ...] = ()
    betas: tuple[tuple[float, float], ...] = ()
    seeds: int = 64
    steps: int = 0
    seed: int = 0

    def settings(self, problem: Problem) -> Iterator[dict[Symbol, float]]:
        """Every learning rate with every pair of betas."""
        for rate, (first, second) in product(self.rates or (problem.lr,), self.betas or (problem.betas,)):
            yield {lr: rate, beta1: first, beta2: second, weight_decay: 0.0}


@dataclass(frozen=True)
class Arrival:
    """How one optimizer fared at one learning rate and one pair of betas.

    Attributes:
        target: the optimizer.
        rule: the rule that it claims.
        setting: hyperparameter → value, of those that were chosen.
        drift: the mean step of its rule in the long run, where it is known; in units of lr.
        drifts: the end to which that goes.
        runs, right, wrong: how many runs there were, and how many of them went right and wrong.
        path: the runs' mean weight over the steps.
        regret: their mean regret per step so far.
    """

    target: str
    rule: str
    setting: dict[str, float]
    drift: float | None
    drifts: End
    runs: int
    right: int
    wrong: int
    path: Series
    regret: Series

    @property
    def seen(self) -> End:
        """What the runs alone say."""
        if surely_most(self.right, self.runs):
            return End.RIGHT
        return End.WRONG if surely_most(self.wrong, self.runs) else End.UNDECIDED

    @property
    def verdict(self) -> End:
        """The end to which the drift goes, unless runs surely went to the other; without a drift, what runs say."""
        if self.drift is None:
            return self.seen
        return End.UNDECIDED if {self.seen, self.drifts} == {End.RIGHT, End.WRONG} else self.drifts


def surely_most(hits: int, runs: int) -> bool:
    """Whether more than half of all runs are hits: a binomial test at `FALSE_ALARM`. One run is all there is."""
    tail = sum(comb(runs, k) for k in range(hits, runs + 1)) / 2**runs
    return hits == runs == 1 or tail <= FALSE_ALARM
