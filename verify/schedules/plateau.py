"""Less by a factor once a metric has not become better for some time."""

from typing import Literal

from sympy import And, Basic, Expr, Integer, Max, Piecewise, Symbol, oo

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, a, b, schedule

rate, best, bad, cool = (Symbol(name, real=True) for name in ("rate", "best", "bad", "cool"))
bar, counted, lowered = (Symbol(name, real=True) for name in ("bar", "counted", "lowered"))


@schedule(
    "ReduceLROnPlateau",
    domains={
        "factor": Domain((0.5, 0.1), high=1.0),
        "patience": Domain((2, 0, 1)),
        "threshold": Domain((0.125, 0.0)),
        "cooldown": Domain((0, 2)),
        "min_lr": Domain((0.0, 0.02)),
        "eps": Domain((1e-8, 0.01)),
    },
    also=({"mode": "max", "threshold_mode": "abs"},),
)
def plateau(
    *,
    mode: Literal["min", "max"] = "min",
    factor: Expr = 0.1,
    patience: Expr = 10,
    threshold: Expr = 1e-4,
    threshold_mode: Literal["rel", "abs"] = "rel",
    cooldown: Expr = 0,
    min_lr: Expr = 0.0,
    eps: Expr = 1e-8,
) -> Formula:
    """Times factor once more than `patience` metrics in a row were not better than the best by the threshold."""
    better, reduced = beyond(mode), counted > patience
    return Formula(
        rate,
        length=Integer(12),
        names={
            bar: barred(mode, threshold, threshold_mode),
            counted: Piecewise((0, cool > 0), (0, better), (bad + 1, True)),
            lowered: Max(rate * factor, min_lr),
        },
        state={
            best: (worst(mode), Piecewise((a, better), (best, True))),
            bad: (Integer(0), Piecewise((0, reduced), (counted, True))),
            cool: (Integer(0), Piecewise((cooldown, reduced), (Max(cool - 1, 0), True))),
            rate: (b, Piecewise((lowered, And(reduced, rate - lowered > eps)), (rate, True))),
        },
    )


def worst(mode: str) -> Expr:
    """What every metric is better than."""
    return oo if mode == "min" else -oo


def barred(mode: str, threshold: Expr, threshold_mode: str) -> Expr:
    """What a metric must be beyond to be better than the best by the threshold."""
    sign = 1 if mode == "min" else -1
    return best * (1 - sign * threshold) if threshold_mode == "rel" else best - sign * threshold


def beyond(mode: str, metric: Expr = a) -> Basic:
    """Whether the metric is."""
    return metric < bar if mode == "min" else metric > bar
