"""Up and down between two rates."""

from collections.abc import Callable
from typing import Literal

from sympy import Add, Expr, Integer, Piecewise, floor

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, function, k, schedule


@schedule(
    "CyclicLR",
    domains={
        "base_lr": Domain((0.01, 0.0)),
        "max_lr": Domain((0.1, 1.0)),
        "step_size_up": Domain((4, 1, 3), low=1),
        "step_size_down": (None, 2, 5),
        "gamma": Domain((0.9, 1.0)),
    },
    also=(
        {"scale_fn": function("lambda x: 1 / x")},
        {"scale_fn": function("lambda x: 0.75**x"), "scale_mode": "iterations", "mode": "triangular2"},
    ),
    edges=({"step_size_up": 0, "step_size_down": 3}, {"step_size_down": 0}),
)
def cyclic(
    *,
    base_lr: Expr,
    max_lr: Expr,
    step_size_up: Expr = 2000,
    step_size_down: Expr | None = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: Expr = 1.0,
    scale_fn: Callable[[Expr], Expr] | None = None,
    scale_mode: Literal["cycle", "iterations"] = "cycle",
    cycle_momentum: bool = True,
    base_momentum: Expr = 0.8,
    max_momentum: Expr = 0.9,
) -> Formula:
    """Up from one rate to another and back, the height halved every cycle, multiplied by gamma every step, or times a
    function of the cycle, from 1, or of the steps."""
    period = step_size_up + (step_size_up if step_size_down is None else step_size_down)
    cycle = 1 + floor(k / period)
    place, top = (
        Add(1, k / period, -cycle, evaluate=False),
        step_size_up / period,
    )  # as documented, with its rounding
    height = Piecewise((place / top, place <= top), ((place - 1) / (top - 1), True))
    scales = {"triangular": Integer(1), "triangular2": Integer(2) ** (1 - cycle), "exp_range": gamma**k}
    of = cycle if scale_mode == "cycle" else k
    height *= scales[mode] if scale_fn is None else scale_fn(of)
    momentum = max_momentum - (max_momentum - base_momentum) * height
    return Formula(
        base_lr + (max_lr - base_lr) * height,
        length=period,
        momentum=momentum if cycle_momentum else None,
    )
