"""Cosines one after the other, and a warm-up, as timm has them."""

from sympy import Expr, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, schedule
from lawful.verify.schedules.cycling import ALSO, DOMAINS, Cycles
from lawful.verify.schedules.warming import of_timm

CLAIM = "CosineLRScheduler"


@schedule(CLAIM, domains={**DOMAINS, "k_decay": Domain((1.0, 2.0))}, also=ALSO, source=of_timm(CLAIM))
def cosine_cycles(
    *,
    t_initial: Expr,
    lr_min: Expr = 0.0,
    cycle_mul: Expr = 1.0,
    cycle_decay: Expr = 1.0,
    cycle_limit: Expr = 1,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    warmup_prefix: bool = False,
    k_decay: Expr = 1.0,
) -> Formula:
    """Half a period of a cosine down to lr_min so many times, each from a rate that decays; then lr_min."""
    cycles = Cycles(
        t_initial, cycle_mul, cycle_decay, cycle_limit, lr_min, warmup_t, warmup_lr_init, warmup_prefix
    )
    return cycles.along(lambda t, length: (1 + cos(pi * t**k_decay / length**k_decay)) / 2)
