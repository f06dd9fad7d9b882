"""A race: optimizers on one problem, at several learning rates and betas, and at which end each of them arrives.

Of rules whose drift is known exactly, the drift decides; of all others, many runs do. A run has gone right if its
weight ends at most half as far from the best as it began, and wrong if it ends no nearer than it began.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import comb
from typing import Any

from sympy import Symbol
from torch import Tensor

from lawful.properties.convergence import Ends, Lossy, paths
from lawful.properties.predictions import plain
from lawful.verify.candidate import Candidate, describe
from lawful.verify.evidence import Series
from lawful.verify.memory import long_run
from lawful.verify.problem import Problem, find_problem
from lawful.verify.rule import Rule
from lawful.verify.symbols import beta1, beta2, lr, weight_decay
from lawful.verify.trial import Trial

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
        """The end to which the drift goes; without a drift, the end at which most runs arrive."""
        return self.seen if self.drift is None else self.drifts


def surely_most(hits: int, runs: int) -> bool:
    """Whether more than half of all runs are hits: a binomial test at `FALSE_ALARM`. One run is all there is."""
    tail = sum(comb(runs, k) for k in range(hits, runs + 1)) / 2**runs
    return hits == runs == 1 or tail <= FALSE_ALARM


def enter(target: str, rule: str, course: Course) -> list[Arrival]:
    """One optimizer's race, in a worker. `rule` is the rule of a class whose name claims none.

    Raises:
        Unanswerable: unknown target, rule or problem.
    """
    problem = find_problem(course.problem)
    candidate = Candidate.of(target, describe(target).rule or rule)
    settings = list(_distinct(candidate, course.settings(problem)))
    runs = course.seeds if problem.is_random else 1
    rates = [setting[lr] for setting in settings]
    found = paths(
        lambda weights: _constructed(candidate, weights, settings),
        problem,
        rates,
        runs,
        course.steps or problem.steps,
        course.seed,
    )
    arrived = zip(settings, found, strict=True)
    return [_arrival(target, candidate, problem, setting, ends) for setting, ends in arrived]


def _distinct(candidate: Candidate, settings: Iterator[dict[Symbol, float]]) -> Iterator[dict[Symbol, float]]:
    """All hyperparameters of the candidate's rule, each set of them once."""
    rule, seen = candidate.rule(plain(candidate)), []
    for setting in settings:
        own = {s: candidate.default(s) for s in rule.defaults}
        hyper = {s: setting.get(s, rule.defaults[s] if own[s] is None else own[s]) for s in rule.defaults}
        if hyper not in seen:
            seen.append(hyper)
            yield hyper


def _constructed(candidate: Candidate, weights: Sequence[Tensor], settings: list[dict[Symbol, float]]) -> Any:
    """One parameter group per setting, so that one step serves them all."""
    groups = [
        {"params": [weight], **candidate.group(setting)} for weight, setting in zip(weights, settings, strict=True)
    ]
    return candidate.cls(groups, **candidate.constructor(plain(candidate), settings[0]))


def _arrival(
    target: str, candidate: Candidate, problem: Problem, setting: dict[Symbol, float], ends: Ends
) -> Arrival:
    trial = drifting(candidate.rule(plain(candidate)), problem, setting)
    best = Lossy(problem, setting[lr]).best
    far, began = (ends.x - best).abs(), abs(problem.start - best)
    shown = {s.name: setting[s] for s in (lr, beta1, beta2) if s in setting}
    return Arrival(
        target,
        str(candidate.rule(plain(candidate)).name),
        shown,
        None if trial is None else float(trial.drift.mid()) / trial.lr,
        End.UNDECIDED if trial is None else End.RIGHT if trial.is_right else End.WRONG,
        len(far),
        int((far <= began / 2).sum()),
        int((~(far < began)).sum()),
        ends.path,
        ends.regret,
    )


def drifting(rule: Rule, problem: Problem, setting: Mapping[Symbol, float]) -> Trial | None:
    """The trial whose drift decides; None where it is not known which way it goes."""
    if not problem.is_linear:
        return None
    final = long_run(rule)
    trial = Trial(final, problem, {s: setting[s] for s in final.defaults}, setting[lr])
    try:
        return trial if trial.end else None
    except (NotImplementedError, ArithmeticError):  # no rule of fading memories, or a case that balls do not decide
        return None
