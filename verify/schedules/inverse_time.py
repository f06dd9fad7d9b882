"""Divided by what grows with the steps; as Keras has it."""

from sympy import Expr

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.stairs import KERAS, gone


@schedule(
    "InverseTimeDecay",
    domains={"decay_steps": Domain((4, 1, 7), low=1), "decay_rate": Domain((0.5, 2.0))},
    edges=({"decay_steps": 0},),
    source=Source("keras.optimizers.schedules", "InverseTimeDecay", checked=KERAS),
    pure=True,
)
def inverse_time(*, decay_steps: Expr, decay_rate: Expr, staircase: bool = False) -> Formula:
    """Divided by 1 and decay_rate for each decay_steps."""
    return Formula(b / (1 + decay_rate * gone(k, decay_steps, staircase)), length=2 * decay_steps)
