"""What rules are tried on in exact numbers: a first weight, and gradients."""

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Rational

HALF = Rational(1, 2)


@dataclass(frozen=True)
class Experiment:
    """A first weight and gradients."""

    start: Rational
    gradients: tuple[Rational, ...]

    def __str__(self) -> str:
        """`x = 1, g = 1, 0`."""
        return f"x = {self.start}, g = {', '.join(map(str, self.gradients))}"


def experiments() -> Iterator[Experiment]:
    """Small ones, the shortest first and of those the simplest."""
    for start, *gradients in (
        (0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (1, -1), (0, 3), (20, 1), (0, HALF), (0, HALF / 2),
        (0, 1, 0), (0, 1, 1), (1, 0, 0), (0, 1, 2), (0, 2, 1), (0, 1, -1), (0, 0, 1), (1, 1, 0), (1, 1, 1),
        (2, 1, 0), (0, 3, 1),
        (0, 1, 0, 0), (0, 1, 1, 1), (0, 1, 0, 1), (0, 2, 0, 1), (0, 1, 0, 0, 0),
    ):  # fmt: skip
        yield of(start, *gradients)


def of(start: Rational | int, *gradients: Rational | int) -> Experiment:
    """The experiment with this first weight and these gradients."""
    return Experiment(Rational(start), tuple(map(Rational, gradients)))
