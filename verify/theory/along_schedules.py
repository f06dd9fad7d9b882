"""What laws predict of a run whose learning rate changes."""

from dataclasses import dataclass

from sympy import Expr, Symbol

from lawful.verify.theory.prediction import Pinned

horizon = Symbol("N", positive=True)
"""How many steps a run has."""


@dataclass(frozen=True)
class AverageOfRun(Pinned):
    """Along lr·factor the last weight is a mean of the weights z of the run that stays at lr, each weighed by how much
    the factor falls after it: (1 − f₁)·x₀ + Σ (f_t − f_{t+1})·z_t, f being 0 after the last step.

    Attributes:
        factor: of the learning rate at step t, in t and `horizon`.
        steps: how many.
    """

    factor: Expr
    steps: int = 24


@dataclass(frozen=True)
class StaysInBox(Pinned):
    """Along a falling schedule, on gradients that push hardest, every weight obeys |x_t| ≤ P_t·|x₀| + (1 − P_t)·wall,
    P_t being the product of 1 − lr·wd over the steps so far.

    Attributes:
        gradient: the gradient of step t, in t and hyperparameters; exact in float64.
        wall: where the box ends, in hyperparameters.
        steps: how many.
    """

    gradient: Expr
    wall: Expr
    steps: int = 60
