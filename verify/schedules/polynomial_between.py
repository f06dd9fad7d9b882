"""From one rate to another, by a power of what is left of the way; as optax and Keras have it."""

from sympy import Expr, Max, Min, ceiling

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.stairs import of_optax

CLAIM = "polynomial_schedule"


@schedule(
    CLAIM,
    "linear_schedule",
    "warmup_constant_schedule",
    "PolynomialDecay",
    domains={
        "end_value": Domain((0.01, 0.5, 0.0)),
        "transition_steps": Domain((5, 1, 40), low=1),
        "power": Domain((1.0, 2.0, 0.5)),
        "transition_begin": Domain((0, 3)),
    },
    source=of_optax(CLAIM),
    pure=True,
)
def polynomial_between(
    *,
    end_value: Expr,
    transition_steps: Expr,
    power: Expr = 1.0,
    transition_begin: Expr = 0,
    cycle: bool = False,
) -> Formula:
    """From the rate to another, which it has after so many steps, and then keeps; or again to that one after as many
    more steps, from where the same way, made longer, has led to."""
    done = Max(k - transition_begin, 0)
    length = transition_steps * Max(ceiling(done / transition_steps), 1) if cycle else transition_steps
    left = 1 - Min(done, length) / length
    return Formula(end_value + (b - end_value) * left**power, length=transition_begin + transition_steps)
