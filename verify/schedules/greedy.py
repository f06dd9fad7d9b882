"""More by a factor once a metric has become better for some time, less once it has not; in the end again from the
beginning."""

from typing import Literal

from sympy import And, Expr, Integer, Max, Min, Or, Piecewise, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import Formula, Highest, Latest, a, b, schedule
from lawful.verify.schedules.plateau import bad, bar, barred, best, beyond, cool, lowered, rate, worst
from lawful.verify.schedules.warming import TRANSFORMERS

good, warm, left, met = (Symbol(name, real=True) for name in ("good", "warm", "left", "met"))
better, worse, raised, moved = (Symbol(name, real=True) for name in ("better", "worse", "raised", "moved"))
seen, wide, latest, top = (Symbol(name, real=True) for name in ("seen", "wide", "latest", "top"))

SMOOTH = {"smooth": True, "threshold": 0.07}
AGAIN = {"patience": 0, "min_lr": 0.02}
"""What reaches the least rate in few steps."""


@schedule(
    "GreedyLR",
    "get_greedy_schedule",
    domains={
        "factor": Domain((0.5, 0.9), high=1.0),
        "patience": Domain((1, 0, 3)),
        "threshold": Domain((0.125, 0.0)),
        "cooldown": Domain((0, 2)),
        "warmup": Domain((0, 2)),
        "min_lr": Domain((0.001, 0.02)),
        "max_lr": Domain((1.0, 0.15)),
        "eps": Domain((1e-8, 0.01)),
        "window_size": Domain((50,), low=1),
        "reset_start": Domain((500,)),
    },
    also=(
        {"mode": "max", "threshold_mode": "rel"},
        {"patience": 0, "cooldown": 1, "warmup": 2},
        *({**AGAIN, "reset_start": steps, "cooldown": steps // 2} for steps in (0, 1, 3)),
        *({**SMOOTH, "window_size": width} for width in (1, 3)),
        {**SMOOTH, **AGAIN, "window_size": 4, "reset_start": 3},
    ),
    source=Source("transformers.optimization", "GreedyLR", checked=TRANSFORMERS),
)
def greedy(
    *,
    mode: Literal["min", "max"] = "min",
    factor: Expr = 0.95,
    patience: Expr = 10,
    threshold: Expr = 1e-6,
    threshold_mode: Literal["abs", "rel"] = "abs",
    cooldown: Expr = 0,
    warmup: Expr = 0,
    min_lr: Expr = 1e-3,
    max_lr: Expr = 1.0,
    eps: Expr = 1e-8,
    smooth: bool = False,
    window_size: Expr = 50,
    reset_start: Expr = 500,
) -> Formula:
    """Divided by factor once more than `patience` metrics in a row, or their means over a window, were better than the
    best by the threshold, times factor once so many were not; then some metrics count for nothing. All begins again
    with the `reset_start`-th fall after which no group is above its least."""
    waits, wins = Or(cool > 0, warm > 0), beyond(mode, seen)
    rises, falls = better > patience, worse > patience
    low = And(falls, top <= min_lr)
    again = And(low, left <= 1)
    means = {wide: Min(window_size, met + 1), latest: Latest(wide), seen: latest / wide}
    return Formula(
        rate,
        length=Integer(12),
        names={
            **(means if smooth else {seen: a}),
            bar: barred(mode, threshold, threshold_mode),
            better: Piecewise((0, waits), (good + 1, wins), (0, True)),
            worse: Piecewise((0, waits), (0, wins), (bad + 1, True)),
            raised: Min(rate / factor, max_lr),
            lowered: Max(rate * factor, min_lr),
            moved: Piecewise(
                (raised, And(rises, raised - rate > eps)),
                (lowered, And(falls, rate - lowered > eps)),
                (rate, True),
            ),
            top: Highest(moved),
        },
        state={
            best: (worst(mode), Piecewise((worst(mode), again), (best, waits), (seen, wins), (best, True))),
            good: (Integer(0), Piecewise((0, rises), (better, True))),
            bad: (Integer(0), Piecewise((0, falls), (worse, True))),
            cool: (Integer(0), Piecewise((cooldown, falls), (Max(cool - 1, 0), True))),
            warm: (Integer(0), Piecewise((warmup, rises), (Max(warm - 1, 0), cool <= 0), (warm, True))),
            left: (reset_start, Piecewise((reset_start, Or(rises, again)), (left - 1, low), (left, True))),
            met: (Integer(0), Piecewise((0, again), (met + 1, True))),
            rate: (b, Piecewise((b, again), (moved, True))),
        },
    )
