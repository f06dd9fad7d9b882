"""What laws predict of the formats in which weights are kept."""

from dataclasses import dataclass

from sympy import Expr, Symbol

from lawful.verify.theory.prediction import Pinned

size = Symbol("size", positive=True)
"""By how much a step changes a weight of size 1."""


@dataclass(frozen=True)
class LostInRounding(Pinned):
    """In a format of 16 bits and of unit roundoff u, the first step leaves every weight of [1, 2) as it is where it
    changes a weight of 1 by `lost`·u, and moves every weight where it does so by `acts`·u.

    Attributes:
        gradient: of all weights.
        chosen: the hyperparameter that is chosen to make it so.
        value: its value, in `size` and hyperparameters.
        lost: at most 1/2, less where the step is itself rounded before it is added.
        acts: 1 where the change grows with the weight, above 1 where it does not.
    """

    gradient: float
    chosen: Symbol
    value: Expr
    lost: float
    acts: float
