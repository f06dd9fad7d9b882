"""Where in the plane of its two betas a rule goes wrong on a problem: simulated points, and the exact boundary.

All cells are one array: the rule's own expressions, compiled, run for all betas and all draws at once.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray
from sympy import Symbol, lambdify

from lawful.properties.races.arrival import Course, End, surely_most
from lawful.properties.races.convergence import Lossy
from lawful.properties.races.race import drifting
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Figure, Series
from lawful.verify.language.families import find_rule
from lawful.verify.language.memory import long_run
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, g, lr, t, weight_decay, x
from lawful.verify.provers.arithmetic.drift import boundary
from lawful.verify.provers.arithmetic.evaluate import rational
from lawful.verify.theory.problem import Problem
from lawful.verify.theory.problems import find_problem

Array = NDArray[np.float64]
CELLS, RUNS = 24, 20
"""Cells in each direction, and runs of each cell where losses are drawn."""

BISECTIONS = 12
"""Finer than a figure shows."""


def logistic(low: float, high: float, count: int) -> Array:
    """Shares between 0 and 1, closer to each other near both ends."""
    return np.asarray(1 / (1 + np.exp(-np.linspace(log(low / (1 - low)), log(high / (1 - high)), count))))


FIRST, SECOND = logistic(0.01, 0.99, CELLS), logistic(0.01, 0.9999, CELLS)
"""The values of β1 and of β2."""


def phase(name: str, course: Course) -> Figure:
    """The phase diagram of a rule on the course's problem, at the first of its learning rates.

    Raises:
        Unanswerable: unknown rule or problem, or a rule without two betas.
    """
    rule, problem = find_rule(name), find_problem(course.problem)
    if not {beta1, beta2} <= {*rule.defaults}:
        raise Unanswerable(f"{name} has no β1 and β2, over which a phase diagram is drawn.")
    rate = (course.rates or (problem.lr,))[0]
    setting = {**rule.defaults, weight_decay: 0.0, lr: rate}
    steps = course.steps or problem.steps
    groups = simulated(rule, problem, setting, steps, course.seed)
    edge = list(boundaries(long_run(rule), problem, setting)) if not problem.is_random else []
    series = [_points(f"runs: {end}", groups[end]) for end in End]  # empty ones too: marks keep their meaning
    title = f"{rule.name} on {course.problem}, lr = {rate:g}, {steps} steps"
    return Figure(
        title, "β₁", "β₂", [*series, *([_points("exact boundary", edge)] if edge else [])], shares=True
    )


def _points(name: str, at: list[tuple[float, float]]) -> Series:
    return Series(name, [a for a, _ in at], [b for _, b in at], points=True)


# ---------------------------------------------------------------------------------------------- simulated
def simulated(
    rule: Rule, problem: Problem, setting: Mapping[Symbol, float], steps: int, seed: int
) -> dict[End, list[tuple[float, float]]]:
    """Where the runs of each cell arrive → (β1, β2) of the cells."""
    first, second = (a.reshape(-1, 1) for a in np.meshgrid(FIRST, SECOND))
    runs = RUNS if problem.is_random else 1
    last = run(rule, problem, {**setting, beta1: first, beta2: second}, (first.size, runs), steps, seed)
    best = Lossy(problem, setting[lr]).best
    far, began = np.abs(last - best), abs(problem.start - best)
    right, wrong = (far <= began / 2).sum(axis=1), (~(far < began)).sum(axis=1)
    found: dict[End, list[tuple[float, float]]] = {end: [] for end in End}
    for a, b, well, badly in zip(first[:, 0], second[:, 0], right, wrong, strict=True):
        end = End.RIGHT if surely_most(int(well), runs) else End.UNDECIDED
        found[End.WRONG if surely_most(int(badly), runs) else end].append((float(a), float(b)))
    return found


def run(
    rule: Rule, problem: Problem, at: Mapping[Symbol, Any], shape: tuple[int, int], steps: int, seed: int
) -> Array:
    """The last weights of a rule; hyperparameters may be arrays that broadcast to the shape (cells, runs)."""
    loss, step = Lossy(problem, at[lr]), _compiled(rule, at)
    now = {x: np.full(shape, problem.start), **{s: np.zeros(shape) for s in rule.state}}
    for count, index in enumerate(problem.draws(steps, shape[1], np.random.default_rng(seed)), 1):
        slope = loss.gradient(np.tile(index, shape[0]) if len(index) > 1 else index, now[x].ravel())
        now = step(now, slope.reshape(shape), count)
        now[x] = np.clip(now[x], problem.low, problem.high)
    return now[x]


def _compiled(
    rule: Rule, at: Mapping[Symbol, Any]
) -> Callable[[dict[Symbol, Array], Array, int], dict[Symbol, Array]]:
    """(x and state, gradient, t) → next x and state."""
    symbols = [x, *rule.state]
    hyper = list(rule.defaults)
    step = lambdify([*symbols, g, t, *hyper], [rule.x, *rule.state.values()], "numpy", cse=True)
    given = [at[s] for s in hyper]

    def after(now: dict[Symbol, Array], slope: Array, count: int) -> dict[Symbol, Array]:
        values = step(*(now[s] for s in symbols), slope, count, *given)
        return dict(zip(symbols, values, strict=True))

    return after


# -------------------------------------------------------------------------------------------------- exact
def boundaries(
    rule: Rule, problem: Problem, setting: Mapping[Symbol, float]
) -> Iterator[tuple[float, float]]:
    """(β1, β2) at which the exact drift of a rule in its long run changes sign, along every column of cells."""
    for first in FIRST:

        def drift(second: fmpq, first: float = float(first)) -> arb:
            at = {**setting, beta1: first, beta2: float(second)}
            trial = drifting(rule, problem, at)
            return arb(0) if trial is None else trial.drift

        signs = [(rational(float(b)), drift(rational(float(b)))) for b in SECOND[::3]]
        for (low, before), (high, behind) in pairwise(signs):
            if (before > 0 and behind < 0) or (before < 0 and behind > 0):
                yield float(first), float(boundary(drift, low, high, BISECTIONS).mid())
