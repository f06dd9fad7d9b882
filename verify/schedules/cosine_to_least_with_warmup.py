"""A warm-up, and then a cosine to a least rate."""

from typing import Literal

from sympy import Expr, Min, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import documented, share, warmed

CLAIM = "get_cosine_with_min_lr_schedule_with_warmup"


@schedule(
    CLAIM,
    domains={
        "num_warmup_steps": Domain((3, 1, 0)),
        "num_training_steps": Domain((11, 5, 100), low=1),
        "num_cycles": Domain((0.5, 1.0, 1.5)),
        "min_lr_rate": Domain((0.1, 0.5, 0.0)),
    },
    also=({"min_lr": 0.01, "min_lr_rate": None},),
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
    height = (1 + cos(2 * pi * num_cycles * share(num_warmup_steps, num_training_steps, done))) / 2
    least = b * (min_lr_rate or 0) if min_lr is None else min_lr
    return Formula(warmed(least + (b - least) * height, num_warmup_steps), length=num_training_steps)
