"""What is left of the way, to a power, in cycles, and a warm-up, as timm has them."""

from sympy import Expr

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, schedule
from lawful.verify.schedules.cycling import ALSO, DOMAINS, Cycles
from lawful.verify.schedules.warming import of_timm

CLAIM = "PolyLRScheduler"


@schedule(
    CLAIM,
    domains={**DOMAINS, "power": Domain((0.5, 2.0)), "k_decay": Domain((1.0, 2.0))},
    also=ALSO,
    source=of_timm(CLAIM),
)
def polynomial_cycles(
    *,
    t_initial: Expr,
    lr_min: Expr = 0.0,
    cycle_mul: Expr = 1.0,
    cycle_decay: Expr = 1.0,
    cycle_limit: Expr = 1,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    warmup_prefix: bool = False,
    power: Expr = 0.5,
    k_decay: Expr = 1.0,
) -> Formula:
    """The share of a cycle that is left, to a power, down to lr_min so many times, each from a rate that decays."""
    cycles = Cycles(
        t_initial, cycle_mul, cycle_decay, cycle_limit, lr_min, warmup_t, warmup_lr_init, warmup_prefix
    )
    return cycles.along(lambda t, length: (1 - t**k_decay / length**k_decay) ** power)
