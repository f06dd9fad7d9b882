"""What laws predict of singular values."""

from dataclasses import dataclass

from sympy import Expr

from lawful.verify.theory.prediction import Pinned


@dataclass(frozen=True)
class Spectrum(Pinned):
    """On a square gradient with given singular values, the first step, over its length, has singular values that lie
    in an interval.

    Attributes:
        values: the gradient's singular values; the sum of their squares is 1.
        length: of the step, in hyperparameters.
        low, high: the ends of the interval.
    """

    values: tuple[float, ...]
    length: Expr
    low: Expr
    high: Expr
