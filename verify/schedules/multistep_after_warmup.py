"""A warm-up, and then a step at each milestone, as timm has them."""

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Max, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import led, of_timm

CLAIM = "MultiStepLRScheduler"


@schedule(
    CLAIM,
    domains={
        "decay_t": ((3, 6), (4, 4, 9), (1,), ()),
        "decay_rate": Domain((0.5, 0.1)),
        "warmup_t": Domain((2, 0, 5)),
        "warmup_lr_init": Domain((0.001, 0.0)),
    },
    source=of_timm(CLAIM),
)
def multistep_after_warmup(
    *,
    decay_t: Sequence[Expr],
    decay_rate: Expr = 1.0,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    warmup_prefix: bool = True,
) -> Formula:
    """Times decay_rate one step before each milestone, counted from the warm-up's end, or from the beginning."""
    done = k - warmup_t if warmup_prefix else k
    passed = Add(*(Piecewise((1, done + 1 >= m), (0, True)) for m in decay_t))
    return Formula(
        led(b * decay_rate**passed, warmup_t, warmup_lr_init), length=Max(*decay_t, Integer(1)) + warmup_t
    )
