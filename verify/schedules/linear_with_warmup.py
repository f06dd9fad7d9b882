"""A warm-up, and then a line down to 0."""

from sympy import Expr, Max, Min

from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import STEPS, documented, share, warmed

CLAIM = "get_linear_schedule_with_warmup"


@schedule(
    CLAIM,
    domains=STEPS,
    also=({"num_warmup_steps": 4, "num_training_steps": 4},),
    source=documented(CLAIM),
)
def linear_with_warmup(*, num_warmup_steps: Expr, num_training_steps: Expr) -> Formula:
    """From 0 to the rate, and down to 0 along a line, where it stays."""
    left = 1 - share(num_warmup_steps, num_training_steps, Min(k, num_training_steps))
    return Formula(warmed(b * left, num_warmup_steps), length=Max(num_training_steps, 1))
