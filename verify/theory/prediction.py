"""What laws predict of implementations. A prediction is data: it names the rule that the implementations claim,
and what must be seen when one of them runs; `lawful.properties.predictions` runs it.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from sympy import Expr, Integer, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import weight_decay
from lawful.verify.theory.trial import Trial

ZERO = Integer(0)


@dataclass(frozen=True)
class Prediction:
    """Something that must be seen of an implementation.

    Attributes:
        claimed: the rule of the implementations that it is about.
    """

    claimed: Rule

    @property
    def needs(self) -> set[str]:
        """What a constructor must take for the prediction to say anything of its optimizer."""
        return {weight_decay.name}


@dataclass(frozen=True)
class DriftsTo(Prediction):
    """On a problem it ends where the exact drift of its rule says.

    Attributes:
        trial: the problem, the hyperparameters, and the end.
    """

    trial: Trial

    @property
    def needs(self) -> set[str]:
        """The trial's hyperparameters."""
        return {s.name for s in self.trial.hyper}


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

    @property
    def needs(self) -> set[str]:
        """Decay, what is pinned to something of its own, and the options."""
        return {weight_decay.name, *moved(self.claimed, self.pins), *self.options}


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
class ForgetsStart(Prediction):
    """Two runs on the same gradients differ by (1 − a)ⁿ of what their first weights differed by, a = lr·wd: by a factor
    e less in −1/ln(1 − a) steps, the timescale that is measured.

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

    @property
    def needs(self) -> set[str]:
        """Whatever is pinned."""
        return {s.name for s in self.pins}


@dataclass(frozen=True)
class Pinned(Prediction):
    """Something about a run with given hyperparameters, the rule's defaults where none is given.

    Attributes:
        pins: hyperparameter → value.
        options: conventions chosen through the constructor.
    """

    pins: Mapping[Symbol, float]
    _: KW_ONLY
    options: Mapping[str, bool] = field(default_factory=dict)

    @property
    def needs(self) -> set[str]:
        """What is not at its default, and the options."""
        return {*moved(self.claimed, self.pins), *self.options}


c = Symbol("c", real=True)
"""What distinguishes the lanes of a run."""

after = Symbol("x_after", real=True)
"""The weight after a step; `x` is the one before it."""


@dataclass(frozen=True)
class Moves(Pinned):
    """On given gradients the weight goes, step by step, where the law says, within the budget.

    Attributes:
        gradient: the gradient of step t, in c, t and hyperparameters; exact in float64.
        to: the next weight, in x, c, t and hyperparameters.
        start: the first weight, in c and hyperparameters; exact in float64.
        lanes: the values of c.
        steps: how many.
    """

    gradient: Expr
    to: Expr
    start: Expr = ZERO
    lanes: tuple[float, ...] = (1.0, -2.0, 0.25, 1024.0)
    steps: int = 30


@dataclass(frozen=True)
class Bounded(Pinned):
    """Whatever the gradients, a quantity is never above a bound.

    Attributes:
        size: in `x`, the weight before a step, and `after`, that after it; of slope 1 in each at most.
        most: its bound, in x, t and hyperparameters; of slope 1 in x at most.
        steps: how many.
    """

    size: Expr
    most: Expr
    steps: int = 40


@dataclass(frozen=True)
class StableUpTo(Pinned):
    """With the gradient h·x, the weight shrinks at 0.999 of a curvature and grows at 1.001 of it.

    Attributes:
        limit: the curvature, in hyperparameters.
        start: the first weight.
        steps: how many; the second half must shrink or grow by `factor`.
        factor: well below what the root at 0.1 % from the limit makes of these steps.
    """

    limit: Expr
    start: float = 1.0
    steps: int = 1000
    factor: float = 1.5


@dataclass(frozen=True)
class MeanSquare(Pinned):
    """On independent signs the mean square of the weights is what the law says, once the start is forgotten.

    Attributes:
        level: the mean square, in hyperparameters.
        order: how many lanes; a power of 2.
    """

    level: Expr
    order: int = 64


def moved(rule: Rule, pins: Mapping[Symbol, float]) -> set[str]:
    """The hyperparameters that are pinned elsewhere than at the rule's default."""
    return {s.name for s, value in pins.items() if value != rule.defaults[s]}
