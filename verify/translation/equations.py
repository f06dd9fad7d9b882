"""What experiments say of unknown hyperparameters: that the second rule moves as the first does, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sympy import Expr, PolynomialError, Symbol, nan, oo, zoo

from lawful.verify.language.symbols import x
from lawful.verify.translation.elimination import Way, doubtful, tidy, top
from lawful.verify.translation.experiments import Course
from lawful.verify.translation.inputs import Experiment

States = Sequence[Mapping[Symbol, Expr]]
"""What a rule has before the first step and after each."""


@dataclass(frozen=True)
class Equation:
    """That the second rule's weight moves in a step of an experiment as the first's does: `gap` is 0."""

    experiment: Experiment
    step: int
    gap: Expr

    def __str__(self) -> str:
        """`x = 1, g = 1, 0, step 2`."""
        return f"{self.experiment}, step {self.step}"


Telling = tuple[Sequence[Equation], list[Way]]
"""Equations, and all ways in which they may hold."""


def equations(course: Course, experiment: Experiment, due: States) -> list[Equation]:
    """By how much each step differs from what it should be, from where it should be; what must be 0.

    Raises:
        Undecided: see `Course.steps`.
    """
    try:
        seen = course.steps(experiment, [w[x] for w in due[1:]])
    except (PolynomialError, NotImplementedError, ZeroDivisionError):
        return []
    moved = (after[x] - before[x] for before, after in pairwise(due))
    gaps = (a - b for a, b in zip(seen, moved, strict=True))
    return [Equation(experiment, k, gap) for k, gap in enumerate(gaps, start=1) if gap != 0]


def compact(gap: Expr) -> Expr:
    """What must be 0 for an expression to be 0, as a product of what may be 0."""
    return doubtful(top(tidy(gap))) if defined(gap) else gap


def defined(expr: Expr) -> bool:
    """Whether an expression has a value at all."""
    return not expr.has(nan, zoo, oo)
