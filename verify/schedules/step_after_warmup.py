"""A warm-up, and then stairs, as timm has them."""

from sympy import Expr, floor

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import led, of_timm

CLAIM = "StepLRScheduler"


@schedule(
    CLAIM,
    domains={
        "decay_t": Domain((3, 1, 5), low=1),
        "decay_rate": Domain((0.5, 0.1)),
        "warmup_t": Domain((2, 0, 5)),
        "warmup_lr_init": Domain((0.001, 0.0)),
    },
    source=of_timm(CLAIM),
)
def step_after_warmup(
    *,
    decay_t: Expr,
    decay_rate: Expr = 1.0,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    warmup_prefix: bool = True,
) -> Formula:
    """Times decay_rate every decay_t steps, which are counted from the warm-up's end, or from the beginning."""
    done = k - warmup_t if warmup_prefix else k
    down = b * decay_rate ** floor(done / decay_t)
    return Formula(led(down, warmup_t, warmup_lr_init), length=3 * decay_t + warmup_t)
