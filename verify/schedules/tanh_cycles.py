"""Hyperbolic tangents one after the other, and a warm-up, as timm has them."""

from sympy import Expr, tanh

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, schedule
from lawful.verify.schedules.cycling import ALSO, DOMAINS, Cycles
from lawful.verify.schedules.warming import of_timm

CLAIM = "TanhLRScheduler"


@schedule(
    CLAIM,
    domains={**DOMAINS, "lb": Domain((-7.0, -3.0), low=-7.0), "ub": Domain((3.0, 1.0))},
    also=ALSO,
    source=of_timm(CLAIM),
)
def tanh_cycles(
    *,
    t_initial: Expr,
    lr_min: Expr = 0.0,
    cycle_mul: Expr = 1.0,
    cycle_decay: Expr = 1.0,
    cycle_limit: Expr = 1,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    warmup_prefix: bool = False,
    lb: Expr = -7.0,
    ub: Expr = 3.0,
) -> Formula:
    """A hyperbolic tangent between lb and ub down to lr_min so many times, each from a rate that decays."""
    cycles = Cycles(
        t_initial, cycle_mul, cycle_decay, cycle_limit, lr_min, warmup_t, warmup_lr_init, warmup_prefix
    )
    return cycles.along(
        lambda t, length: (1 - tanh(lb * (1 - t / length) + ub * t / length)) / 2, whole=False
    )
