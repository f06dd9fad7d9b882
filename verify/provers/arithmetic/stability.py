"""Whether a linear system is stable up to a limit: enclosed roots of its numeric characteristic polynomial."""

from collections.abc import Mapping
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Symbol

from lawful.verify.provers.arithmetic.evaluate import Number, Undecided, advance, evaluate, layers
from lawful.verify.provers.arithmetic.points import RandomPoint
from lawful.verify.provers.claims import Answer, Stable

POINTS = 6
NEAR = fmpq(1, 2**60)
"""How near to the limit, relative to it, the nearest points lie."""


def stable(claim: Stable, random: Random) -> Answer:
    """Whether the largest root is inside the unit circle below the limit and outside above it."""
    for _ in range(POINTS):
        point = RandomPoint(random, over=claim.over)
        u = fmpq(random.randrange(1, 2**20), 2**20)
        for factor in (u, 1 - NEAR, 1 + NEAR, 1 + u):
            at = layers({claim.parameter: factor * evaluate(claim.limit, point)}, point)
            if _inside(claim, at) != (factor < 1):
                return Answer(False, [f"{claim.label}: not so at {factor} times the limit at {point}"])
    return Answer(True, [f"{claim.label}: roots enclosed at {POINTS} points, down to 2^-60 from the limit"])


def _inside(claim: Stable, at: Mapping[Symbol, Number]) -> bool:
    """Whether all roots are inside the unit circle.

    Raises:
        Undecided: a root is too near to it.
    """
    roots: Any = _matrix(claim, at).charpoly().numer().complex_roots()
    sizes = [abs(root) for root, _ in roots]
    if not all(size < 1 or size > 1 for size in sizes):
        raise Undecided("a root on the unit circle")
    return all(size < 1 for size in sizes)


def _matrix(claim: Stable, at: Mapping[Symbol, Number]) -> fmpq_mat:
    """The system's matrix, seen on the unit vectors; whether it is linear, on twice their sum.

    Raises:
        Undecided: the system is not linear, or not rational.
    """
    symbols = list(claim.system)
    columns = [_image(claim, {s: fmpq(int(s == unit)) for s in symbols}, at) for unit in symbols]
    twice = [2 * sum(row, fmpq(0)) for row in zip(*columns, strict=True)]
    if twice != _image(claim, dict.fromkeys(symbols, fmpq(2)), at):
        raise Undecided("a system that is not linear")
    return fmpq_mat([list(row) for row in zip(*columns, strict=True)])


def _image(claim: Stable, vector: Mapping[Symbol, Number], at: Mapping[Symbol, Number]) -> list[Number]:
    image = list(advance(claim.system, layers(vector, at)).values())
    if not all(isinstance(number, fmpq) for number in image):
        raise Undecided("a system that is not rational")
    return image
