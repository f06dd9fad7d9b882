"""A problem of one weight: losses, and the way in which they come. All that is known of it is derived from them.

Those that there are, are in `lawful.verify.theory.problems`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import Expr, Integer, Rational, sign, sympify

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import x

Order = Literal["cyclic", "independent", "shuffled"]
"""Over and over in the order given; each drawn anew with its chance; all of them in a new order every epoch."""

CHUNK = 512
"""How many steps are drawn at once."""

Blocks = tuple[tuple[tuple[Expr, ...], Expr], ...]


@dataclass(frozen=True)
class Problem:
    """Losses f_t of a weight x ∈ [low, high]; their mean is to be least.

    Attributes:
        name: in words.
        losses: expressions in `x`, and in `lr` where the problem is made for a learning rate.
        source: where it is stated.
        order: how the losses come.
        chances: their probabilities, if they are drawn; all the same where it is None.
        best: where the mean loss is least; None for linear losses, where it is an end of [low, high].
        start: the first weight.
        low, high: where the weight is put back after every step.
        lr, betas, steps: a run that shows what the problem is about.
    """

    name: str
    losses: tuple[Expr, ...]
    source: Source
    order: Order = "cyclic"
    chances: tuple[Expr, ...] | None = None
    best: Expr | None = None
    start: float = 0.0
    low: float = -1.0
    high: float = 1.0
    lr: float = 5e-3
    betas: tuple[float, float] = (0.0, 0.1)
    steps: int = 8000

    @cached_property
    def values(self) -> tuple[Expr, ...]:
        """The gradients; numbers where the losses are linear."""
        return tuple(loss.diff(x) for loss in self.losses)

    @property
    def noise(self) -> tuple[tuple[Expr, Expr], ...]:
        """(gradient, how often it occurs)."""
        even = (Rational(1, len(self.losses)),) * len(self.losses)
        return tuple(zip(self.values, self.chances or even, strict=True))

    @property
    def blocks(self) -> Blocks:
        """(gradients in a row, their probability): whatever the order, such blocks are drawn independently."""
        if self.order == "cyclic":
            return ((self.values, Integer(1)),)
        if self.order == "independent":
            return tuple(((value,), chance) for value, chance in self.noise)
        orders = list(permutations(self.values))
        return tuple((o, Rational(orders.count(o), len(orders))) for o in dict.fromkeys(orders))

    @property
    def mean(self) -> Expr:
        """The mean gradient."""
        return sympify(sum(value * chance for value, chance in self.noise))

    @property
    def is_linear(self) -> bool:
        """Whether the gradients do not depend on the weight."""
        return not any(value.free_symbols for value in self.values)

    @property
    def is_random(self) -> bool:
        """Whether two runs see different losses."""
        return self.order != "cyclic"

    @property
    def optimum(self) -> int:
        """The end of [−1, 1] at which the mean of linear losses is least."""
        return -int(sign(self.mean))

    def draws(self, steps: int, lanes: int, random: Generator) -> Iterator[NDArray[np.int64]]:
        """For each step the index of the loss: one for all lanes, or one for each, which draws for itself."""
        n = len(self.losses)
        if self.order == "cyclic":
            yield from (np.array([step % n]) for step in range(steps))
        elif self.order == "independent":
            chances = [float(chance) for _, chance in self.noise]
            for first in range(0, steps, CHUNK):
                yield from random.choice(n, (min(CHUNK, steps - first), lanes), p=chances)
        else:
            for first in range(0, steps, n):
                epoch = random.permuted(np.tile(np.arange(n), (lanes, 1)), axis=1)
                yield from epoch.T[: steps - first]
