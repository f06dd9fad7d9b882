"""A warm-up before a schedule, as libraries have it that hold both in one."""

from sympy import Expr, Integer, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import b, k

STEPS = {"num_warmup_steps": Domain((3, 1, 0)), "num_training_steps": Domain((11, 5, 100), low=1)}
"""The domains of how long transformers' schedules are."""

LEAST = {"num_cycles": Domain((0.5, 1.0, 1.5)), "min_lr_rate": Domain((0.1, 0.5, 0.0))}
"""Those of its cosines to a least rate, which may be said as `INSTEAD`."""

INSTEAD = {"min_lr": 0.01, "min_lr_rate": None}

TRANSFORMERS, TIMM = "transformers 5.24.0", "timm 1.0.31"


def documented(claim: str) -> Source:
    """Where a schedule of transformers' is documented."""
    return Source("transformers.optimization", claim, checked=TRANSFORMERS)


def of_timm(claim: str) -> Source:
    """Where a schedule of timm's is written, which says what it does in code alone."""
    return Source("timm.scheduler", claim, checked=TIMM)


def warmed(after: Expr, steps: Expr) -> Expr:
    """From 0 along a line to the rate, which it has once so many steps are done; then what is after."""
    return Piecewise((b * k / steps, k < steps), (after, True))


def share(begin: Expr, end: Expr, done: Expr = k) -> Expr:
    """The share of the way from one step to another that is gone; all of it where they are one."""
    return Piecewise(((done - begin) / (end - begin), end > begin), (Integer(1), True))


def waves(cycles: Expr, gone: Expr) -> Expr:
    """The height, between 1 and 0, of so many periods of a cosine of which this share is gone."""
    return (1 + cos(2 * pi * cycles * gone)) / 2


def least(min_lr: Expr | None, min_lr_rate: Expr | None) -> Expr:
    """The least rate: said, or as a share of the rate."""
    return b * (min_lr_rate or 0) if min_lr is None else min_lr


def led(after: Expr, steps: Expr, first: Expr, to: Expr = b) -> Expr:
    """From a first rate along a line to another, which it has once so many steps are done; then what is after."""
    return Piecewise((first + k * (to - first) / steps, k < steps), (after, True))
