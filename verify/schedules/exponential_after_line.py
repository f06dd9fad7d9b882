"""A line to a rate, and from there times a factor for each so many steps; as optax has it."""

from sympy import Expr

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, k, schedule
from lawful.verify.schedules.exponential_after import decayed
from lawful.verify.schedules.stairs import of_optax, ramped

CLAIM = "warmup_exponential_decay_schedule"


@schedule(
    CLAIM,
    domains={
        "peak_value": Domain((0.5, 0.02)),
        "warmup_steps": Domain((3, 1)),
        "transition_steps": Domain((4, 1), low=1),
        "decay_rate": Domain((0.5, 0.9)),
        "transition_begin": Domain((0, 2)),
        "end_value": (None, 0.05),
    },
    source=of_optax(CLAIM),
    pure=True,
)
def exponential_after_line(
    *,
    peak_value: Expr,
    warmup_steps: Expr,
    transition_steps: Expr,
    decay_rate: Expr,
    transition_begin: Expr = 0,
    staircase: bool = False,
    end_value: Expr | None = None,
) -> Formula:
    """From the rate to the peak in warmup_steps, then times decay_rate for each transition_steps."""
    after = decayed(
        peak_value, k - warmup_steps, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    length = warmup_steps + transition_begin + 2 * transition_steps
    return Formula(ramped(after, warmup_steps, peak_value), length=length)
