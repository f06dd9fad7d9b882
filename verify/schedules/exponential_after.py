"""Times a factor for each so many steps, in parts or at once; as optax and Keras have it."""

from sympy import Expr, Max, Min, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.stairs import gone, of_optax

CLAIM = "exponential_decay"


@schedule(
    CLAIM,
    "ExponentialDecay",
    domains={
        "transition_steps": Domain((4, 1, 7), low=1),
        "decay_rate": Domain((0.5, 0.9, 1.5)),
        "transition_begin": Domain((0, 3)),
        "end_value": (None, 0.02, 0.5),
    },
    also=({"decay_rate": 1.5, "end_value": 2.0},),
    source=of_optax(CLAIM),
    pure=True,
)
def exponential_after(
    *,
    transition_steps: Expr,
    decay_rate: Expr,
    transition_begin: Expr = 0,
    staircase: bool = False,
    end_value: Expr | None = None,
) -> Formula:
    """Times decay_rate for each transition_steps; not beyond end_value."""
    return Formula(
        decayed(b, k, transition_steps, decay_rate, transition_begin, staircase, end_value),
        length=transition_begin + 2 * transition_steps,
    )


def decayed(
    rate: Expr,
    done: Expr,
    transition_steps: Expr,
    decay_rate: Expr,
    transition_begin: Expr,
    staircase: bool,
    end_value: Expr | None,
) -> Expr:
    """What becomes of a rate after so many steps."""
    after = rate * decay_rate ** gone(Max(done - transition_begin, 0), transition_steps, staircase)
    if end_value is None:
        return after
    return Piecewise((Max(after, end_value), decay_rate < 1), (Min(after, end_value), True))
