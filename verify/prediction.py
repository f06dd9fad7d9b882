"""What laws predict of implementations. A prediction is data: it names the rule that the implementations claim,
and what must be seen when one of them runs; `lawful.properties.predictions` runs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Integer, Symbol

from lawful.verify.rule import Rule
from lawful.verify.trial import Trial

ZERO = Integer(0)


@dataclass(frozen=True)
class Prediction:
    """Something that must be seen of an implementation.

    Attributes:
        claimed: the rule of the implementations that it is about.
    """

    claimed: Rule


@dataclass(frozen=True)
class DriftsTo(Prediction):
    """On a problem it ends where the exact drift of its rule says.

    Attributes:
        trial: the problem, the hyperparameters, and the end.
    """

    trial: Trial


@dataclass(frozen=True)
class DecayFromOutside(Prediction):
    """The implementation with L2, minus itself without while the weight decays by 1 − lr·wd before each step.

    Attributes:
        decayed: the rule that the second of the two then follows.
        pins: hyperparameter → value.
        options: conventions chosen through the constructor.
        steps: after how many steps they are compared.
        difference: what the difference is then, in `x` (the start), `x1` (the first weight with L2), hyperparameters;
            None if the two must differ, by more than the budget, in some lane.
    """

    decayed: Rule
    pins: Mapping[Symbol, float] = field(default_factory=dict)
    options: Mapping[str, bool] = field(default_factory=dict)
    steps: int = 2
    difference: Expr | None = ZERO


x1 = Symbol("x_1", real=True)
"""The weight after the first step."""


@dataclass(frozen=True)
class AverageOfUpdates(Prediction):
    """The weight is Π(1 − a_t)·x₀ − Σ lr_t·u_t·Π_{s>t}(1 − a_s), a_t = lr_t·wd, along a schedule; u is seen at wd = 0.

    Attributes:
        steps: after how many steps.
    """

    steps: int = 40


@dataclass(frozen=True)
class SameBits(Prediction):
    """The implementation and its sibling in the same module, which claims another rule, agree bit for bit.

    Attributes:
        sibling: the other rule.
        pins: hyperparameter → value, under which the two rules are one.
        steps: how many.
    """

    sibling: Rule
    pins: Mapping[Symbol, float] = field(default_factory=dict)
    steps: int = 20
