"""What optax's schedules and Keras' have in common: a line first, and how they count what is gone."""

from sympy import Expr, Piecewise, floor

from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import b, k

OPTAX, KERAS = "optax 0.2.8", "keras 3.15.1"


def of_optax(claim: str) -> Source:
    """Where a schedule of optax's is documented."""
    return Source("optax", claim, checked=OPTAX)


def gone(done: Expr, length: Expr, staircase: bool) -> Expr:
    """How many lengths are gone; whole ones, if in a staircase."""
    return floor(done / length) if staircase else done / length


def ramped(after: Expr, steps: Expr, peak: Expr) -> Expr:
    """From the rate along a line to a peak, as what is left of the way to it; then what is after."""
    return Piecewise((peak + (b - peak) * (1 - k / steps), k < steps), (after, True))
