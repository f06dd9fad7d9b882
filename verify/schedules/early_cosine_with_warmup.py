"""A warm-up that begins above 0, and then a cosine that arrives at the last step and not after it."""

from typing import Literal

from sympy import Expr, Max, Min, Piecewise, cos, pi

from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import INSTEAD, LEAST, STEPS, documented, least

CLAIM = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"


@schedule(
    CLAIM,
    domains={**STEPS, **LEAST, "warmup_lr_rate": (None, 0.2, 0.0)},
    also=(INSTEAD,),
    source=documented(CLAIM),
)
def early_cosine_with_warmup(
    *,
    num_warmup_steps: Expr,
    num_training_steps: Expr,
    min_lr_rate: Expr | None,
    min_lr: Expr | None = None,
    warmup_lr_rate: Expr | None = None,
    num_cycles: Expr = 0.5,
    after: Literal["rises", "stays"] = "rises",
) -> Formula:
    """From a share of the rate, one step of the warm-up if none is said, to it, and along a cosine to the least, all a
    step early."""
    first = 1 / num_warmup_steps if warmup_lr_rate is None else warmup_lr_rate
    up = b * (first + (1 - first) * k / Max(num_warmup_steps - 1, 1))
    done = k + 1 if after == "rises" else Min(k + 1, num_training_steps)
    gone = (done - num_warmup_steps) / (num_training_steps - num_warmup_steps)
    low = least(min_lr, min_lr_rate)
    down = low + (b - low) * (1 + cos(2 * pi * num_cycles * gone)) / 2
    return Formula(Piecewise((up, k < num_warmup_steps), (down, True)), length=num_training_steps)
