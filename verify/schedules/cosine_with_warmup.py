"""A warm-up, and then a cosine."""

from typing import Literal

from sympy import Expr, Min

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import STEPS, documented, share, warmed, waves

CLAIM = "get_cosine_schedule_with_warmup"


@schedule(
    CLAIM,
    domains={**STEPS, "num_cycles": Domain((0.5, 1.0, 1.5, 0.25))},
    source=documented(CLAIM),
)
def cosine_with_warmup(
    *,
    num_warmup_steps: Expr,
    num_training_steps: Expr,
    num_cycles: Expr = 0.5,
    after: Literal["rises", "stays"] = "rises",
) -> Formula:
    """From 0 to the rate, and along so many periods of a cosine between it and 0; then it goes on, or stays."""
    done = k if after == "rises" else Min(k, num_training_steps)
    gone = share(num_warmup_steps, num_training_steps, done)
    return Formula(warmed(b * waves(num_cycles, gone), num_warmup_steps), length=num_training_steps)
