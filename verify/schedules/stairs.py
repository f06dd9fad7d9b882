"""How optax and Keras count what is gone: in parts, or in whole ones."""

from sympy import Expr, floor

from lawful.verify.language.rule import Source

OPTAX, KERAS = "optax 0.2.8", "keras 3.15.1"


def of_optax(claim: str) -> Source:
    """Where a schedule of optax's is documented."""
    return Source("optax", claim, checked=OPTAX)


def gone(done: Expr, length: Expr, staircase: bool) -> Expr:
    """How many lengths are gone; whole ones, if in a staircase."""
    return floor(done / length) if staircase else done / length
