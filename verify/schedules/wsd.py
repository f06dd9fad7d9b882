"""A warm-up, a stable phase, and a decay."""

from typing import Literal

from sympy import Expr, Piecewise, cos, pi, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import documented, waves

CLAIM = "get_wsd_schedule"
Shape = Literal["linear", "cosine", "1-sqrt"]


@schedule(
    CLAIM,
    domains={
        "num_warmup_steps": Domain((3, 1, 0)),
        "num_decay_steps": Domain((5, 1, 0)),
        "num_training_steps": Domain((12, 40)),
        "min_lr_ratio": Domain((0.1, 0.0)),
    },
    also=({"num_stable_steps": 2, "num_training_steps": None}, {"num_cycles": 1.5}),
    source=documented(CLAIM),
)
def wsd(
    *,
    num_warmup_steps: Expr,
    num_decay_steps: Expr,
    num_training_steps: Expr | None,
    num_stable_steps: Expr | None = None,
    warmup_type: Shape = "linear",
    decay_type: Shape = "cosine",
    min_lr_ratio: Expr = 0,
    num_cycles: Expr = 0.5,
) -> Formula:
    """From a share of the rate to it, then the rate, then down to that share, where it stays."""
    whole = 0 if num_training_steps is None else num_training_steps
    stable = whole - num_warmup_steps - num_decay_steps if num_stable_steps is None else num_stable_steps
    begin = num_warmup_steps + stable
    up = _up(k / num_warmup_steps, warmup_type)
    down = _down((k - begin) / num_decay_steps, decay_type, num_cycles)
    factor = Piecewise(
        (min_lr_ratio + (1 - min_lr_ratio) * up, k < num_warmup_steps),
        (1, k < begin),
        (min_lr_ratio + (1 - min_lr_ratio) * down, k < begin + num_decay_steps),
        (min_lr_ratio, True),
    )
    return Formula(b * factor, length=begin + num_decay_steps)


def _up(share: Expr, shape: str) -> Expr:
    return {"linear": share, "cosine": (1 - cos(pi * share)) / 2, "1-sqrt": 1 - sqrt(1 - share)}[shape]


def _down(share: Expr, shape: str, cycles: Expr) -> Expr:
    return {"linear": 1 - share, "cosine": waves(cycles, share), "1-sqrt": 1 - sqrt(share)}[shape]
