"""Problems of linear losses f_t(x) = g_t·x on [−1, 1], on which a drift decides where an optimizer ends.

Each is data: the gradients and how they come. Proofs read them as expressions, simulations draw from them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import Expr, Integer, Rational, sign, sympify

from lawful.verify.rule import Source


@dataclass(frozen=True)
class Problem:
    """Gradients in a fixed cyclic order, or drawn independently with given probabilities.

    Attributes:
        name: its name.
        values: the gradients.
        chances: their probabilities; None if they come in their order, over and over.
        source: where it is stated.
    """

    name: str
    values: tuple[Expr, ...]
    chances: tuple[Expr, ...] | None
    source: Source

    @property
    def noise(self) -> tuple[tuple[Expr, Expr], ...]:
        """(gradient, how often it occurs)."""
        even = (Rational(1, len(self.values)),) * len(self.values)
        return tuple(zip(self.values, self.chances or even, strict=True))

    @property
    def mean(self) -> Expr:
        """The mean gradient."""
        return sympify(sum(value * chance for value, chance in self.noise))

    @property
    def optimum(self) -> int:
        """The end of [−1, 1] at which the mean loss is least."""
        return -int(sign(self.mean))

    def gradients(self, first: int, steps: int, lanes: int, random: Generator) -> NDArray[np.float64]:
        """Gradients from step `first` (from 1) on, shape (steps, lanes); every lane draws for itself."""
        values = np.array([float(value) for value in self.values])
        if self.chances is None:
            order = (np.arange(steps) + first - 1) % len(values)
            return np.broadcast_to(values[order][:, None], (steps, lanes))
        return random.choice(values, (steps, lanes), p=[float(chance) for chance in self.chances])


def reddi(C: Expr | int) -> Problem:
    """C, −1, −1 over and over: mean (C − 2)/3, so −1 is best for C > 2."""
    values = (sympify(C), Integer(-1), Integer(-1))
    return Problem("period 3", values, None, Source("arXiv:1904.09237", "Theorem 1"))


def mirrored(c: Expr | Rational) -> Problem:
    """c, −1, −1 over and over with 1 < c < 2: mean (c − 2)/3, so +1 is best."""
    values = (sympify(c), Integer(-1), Integer(-1))
    return Problem("period 3, mirrored", values, None, Source("arXiv:2411.02853", "discussion of its review"))


def toy(k: Expr | int) -> Problem:
    """k² with probability 1/k, else −k: mean 1, so −1 is best."""
    k = sympify(k)
    return Problem(
        "rare large gradient", (k**2, -k), (1 / k, 1 - 1 / k), Source("arXiv:2411.02853", "toy problem")
    )
