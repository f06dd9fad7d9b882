"""A warm-up, and then what is left of the way, to a power."""

from sympy import Expr, Min

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import STEPS, documented, share, warmed

CLAIM = "get_polynomial_decay_schedule_with_warmup"


@schedule(
    CLAIM,
    domains={
        **STEPS,
        "lr_end": Domain((1e-7, 0.0, 5e-4)),
        "power": Domain((1.0, 2.0, 0.5)),
    },
    edges=({"num_warmup_steps": 4, "num_training_steps": 4},),
    source=documented(CLAIM),
)
def polynomial_with_warmup(
    *, num_warmup_steps: Expr, num_training_steps: Expr, lr_end: Expr = 1e-7, power: Expr = 1.0
) -> Formula:
    """From 0 to the rate, and to lr_end as the share of the steps that is left, to a power, goes to 0."""
    left = 1 - share(num_warmup_steps, num_training_steps, Min(k, num_training_steps))
    return Formula(warmed(lr_end + (b - lr_end) * left**power, num_warmup_steps), length=num_training_steps)
