"""A warm-up, and then less by a factor once a metric has not become better for some time, as timm has it."""

from typing import Literal

from sympy import Expr, Piecewise

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.plateau import plateau, rate
from lawful.verify.schedules.warming import of_timm

CLAIM = "PlateauLRScheduler"


@schedule(
    CLAIM,
    domains={
        "decay_rate": Domain((0.5, 0.1), high=1.0),
        "patience_t": Domain((2, 0, 1)),
        "threshold": Domain((0.125, 0.0)),
        "cooldown_t": Domain((0, 2)),
        "warmup_t": Domain((0, 3)),
        "warmup_lr_init": Domain((0.001, 0.0)),
        "lr_min": Domain((0.0, 0.02)),
    },
    also=({"warmup_t": 3, "warmup_lr_init": 0.0, "mode": "min"},),
    source=of_timm(CLAIM),
)
def plateau_after_warmup(
    *,
    decay_rate: Expr = 0.1,
    patience_t: Expr = 10,
    threshold: Expr = 1e-4,
    cooldown_t: Expr = 0,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
    lr_min: Expr = 0.0,
    mode: Literal["max", "min"] = "max",
) -> Formula:
    """To the rate along a line in warmup_t steps, whose metrics count for nothing; then torch's plateau."""
    then = plateau.build(
        mode=mode,
        factor=decay_rate,
        patience=patience_t,
        threshold=threshold,
        cooldown=cooldown_t,
        min_lr=lr_min,
        eps=1e-8,
    )
    waits, way = k + 1 <= warmup_t, b - warmup_lr_init
    state = {s: (begin, Piecewise((s, waits), (after, True))) for s, (begin, after) in then.state.items()}
    first = Piecewise((warmup_lr_init, warmup_t > 0), (b, True))
    rising = warmup_lr_init + (k + 1) * way / warmup_t
    state[rate] = (first, Piecewise((rising, waits), (then.state[rate][1], True)))
    return Formula(rate, length=then.length, names=then.names, state=state)
