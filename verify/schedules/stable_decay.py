"""A warm-up, a stable phase that may fall slowly, and a decay, as timm has them."""

from typing import Literal

from sympy import Expr, Max, Min, cos, pi, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import led, of_timm

CLAIM = "WSDLRScheduler"
Stable = Literal["constant", "rsqrt", "power"]
Decay = Literal["1-sqrt", "linear", "cosine", "power", "exp"]


@schedule(
    CLAIM,
    domains={
        "t_initial": Domain((12, 40, 5), low=1),
        "decay_t": Domain((5, 1, 2), low=1),
        "lr_min": Domain((0.01, 0.0)),
        "stable_timescale": (7.0, 2.0),
        "stable_power": Domain((0.5, 1.5), open_low=True),
        "decay_power": Domain((0.5, 2.0), open_low=True),
        "decay_ratio": Domain((0.1, 0.5), open_low=True, high=1.0),
        "warmup_t": Domain((3, 0, 1)),
        "warmup_lr_init": Domain((0.001, 0.0)),
    },
    also=(
        {"stable_fn": "power", "stable_power": 1.5, "decay_fn": "power", "decay_power": 2.0},
        {"stable_fn": "rsqrt", "decay_fn": "exp", "decay_ratio": 0.5},
        {"stable_fn": "rsqrt", "stable_timescale": None},
    ),
    source=of_timm(CLAIM),
)
def stable_decay(
    *,
    t_initial: Expr,
    decay_t: Expr,
    lr_min: Expr = 0.0,
    stable_fn: Stable = "constant",
    stable_timescale: Expr | None = None,
    stable_power: Expr = 0.5,
    decay_fn: Decay = "1-sqrt",
    decay_power: Expr = 0.5,
    decay_ratio: Expr = 0.1,
    warmup_t: Expr = 0,
    warmup_lr_init: Expr = 0.0,
) -> Formula:
    """To the rate along a line, on with what is stable or falls to lr_min at most, and at last from there to lr_min."""
    done = k - warmup_t
    gone = Min(Max((done - t_initial + decay_t) / decay_t, 0), 1)
    scale = warmup_t if stable_timescale is None else stable_timescale
    high = Max(lr_min, b * _stable(done, scale, stable_power, stable_fn))
    rate = lr_min + (high - lr_min) * _left(gone, decay_power, decay_ratio, decay_fn)
    return Formula(led(rate, warmup_t, warmup_lr_init), length=warmup_t + t_initial)


def _stable(done: Expr, scale: Expr, power: Expr, shape: str) -> Expr:
    if shape == "constant":
        return 1
    return (1 + done / scale) ** (-power) if shape == "power" else 1 / sqrt(1 + done / scale)


def _left(gone: Expr, power: Expr, ratio: Expr, shape: str) -> Expr:
    """What is left of the height once this share of the decay is gone."""
    shapes = {
        "1-sqrt": 1 - sqrt(gone),
        "linear": 1 - gone,
        "cosine": (1 + cos(pi * gone)) / 2,
        "power": 1 - gone**power,
        "exp": (ratio**gone - ratio) / (1 - ratio),
    }
    return shapes[shape]
