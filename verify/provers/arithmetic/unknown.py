"""Which values of an unknown make differences vanish, without solving.

At random points the differences are polynomials in the unknown, interpolated from exact values; their common
zeros are those of their greatest common divisor.
"""

from collections.abc import Mapping
from functools import reduce
from random import Random

from flint import fmpq, fmpq_poly
from sympy import Symbol

from lawful.verify.provers.arithmetic.evaluate import Number, Undecided, carry_out, evaluate, layers
from lawful.verify.provers.arithmetic.points import RandomPoint
from lawful.verify.provers.claims import Answer, Forced

POINTS = 6
NODES = 9
"""Values of the unknown at which a difference is computed; one more confirms that this is enough."""


def forced(claim: Forced, random: Random) -> Answer:
    """Whether the common zeros of the differences are what is claimed."""
    for _ in range(POINTS):
        fixed = RandomPoint(random)
        polynomials = [
            _in_unknown(claim, k, fixed, random) for k in range(len(claim.differences)) for _ in range(3)
        ]
        common = reduce(fmpq_poly.gcd, polynomials)
        expected = [] if claim.solution is None else [-evaluate(claim.solution, fixed)]
        if claim.solution is not None and not _may_be(claim.unknown, -expected[0]):
            return Answer(False, [f"{claim.label}: {claim.unknown} cannot be {-expected[0]}, as at {fixed}"])
        if common != fmpq_poly([*expected, 1]):
            return Answer(False, [f"{claim.label}: the common factor is {common} at {fixed}"])
    what = "1: no value works" if claim.solution is None else f"{claim.unknown} − ({claim.solution})"
    return Answer(True, [f"{claim.label}: at {POINTS} exact points the greatest common divisor is {what}"])


def _may_be(symbol: Symbol, value: Number) -> bool:
    """Whether a value is of the sign that a symbol is declared to have."""
    return bool(value > 0 if symbol.is_positive else value >= 0 if symbol.is_nonnegative else True)


def _in_unknown(claim: Forced, index: int, fixed: RandomPoint, random: Random) -> fmpq_poly:
    """A difference at one choice of the symbols that range over all reals, as a polynomial in the unknown."""
    probe = {s: fixed.draw(s) for s in claim.for_all}

    def value(unknown: int) -> fmpq:
        at = layers({claim.unknown: fmpq(unknown)}, probe, fixed)
        ends = {s: carry_out(run, at) for s, run in claim.runs.items()}
        found = evaluate(claim.differences[index], layers(ends, at))
        if not isinstance(found, fmpq):
            raise Undecided("a difference that is not rational")
        return found

    polynomial = _interpolated({fmpq(node): value(node) for node in range(NODES)})
    if polynomial(fmpq(NODES)) != value(NODES):
        raise Undecided(f"a difference that is not a polynomial in {claim.unknown} of degree below {NODES}")
    return polynomial


def _interpolated(values: Mapping[fmpq, fmpq]) -> fmpq_poly:
    """Newton's divided differences."""
    result, basis = fmpq_poly([0]), fmpq_poly([1])
    for node, value in values.items():
        result += basis * ((value - result(node)) / basis(node))
        basis *= fmpq_poly([-node, 1])
    return result
