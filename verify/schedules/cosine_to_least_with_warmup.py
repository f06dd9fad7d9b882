"""A warm-up, and then a cosine to a least rate."""

from typing import Literal

from sympy import Expr, Min

from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import INSTEAD, LEAST, STEPS, documented, least, share, warmed, waves

CLAIM = "get_cosine_with_min_lr_schedule_with_warmup"


@schedule(
    CLAIM,
    domains={**STEPS, **LEAST},
    also=(INSTEAD,),
    source=documented(CLAIM),
)
def cosine_to_least_with_warmup(
    *,
    num_warmup_steps: Expr,
    num_training_steps: Expr,
    min_lr_rate: Expr | None,
    min_lr: Expr | None = None,
    num_cycles: Expr = 0.5,
    after: Literal["rises", "stays"] = "rises",
) -> Formula:
    """From 0 to the rate, and along periods of a cosine between it and min_lr, or this share of it."""
    done = k if after == "rises" else Min(k, num_training_steps)
    height = waves(num_cycles, share(num_warmup_steps, num_training_steps, done))
    low = least(min_lr, min_lr_rate)
    return Formula(warmed(low + (b - low) * height, num_warmup_steps), length=num_training_steps)
