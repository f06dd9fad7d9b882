"""A warm-up before a schedule, as libraries have it that hold both in one."""

from sympy import Expr, Integer, Piecewise

from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import b, k

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


def led(after: Expr, steps: Expr, first: Expr, to: Expr = b) -> Expr:
    """From a first rate along a line to another, which it has once so many steps are done; then what is after."""
    return Piecewise((first + k * (to - first) / steps, k < steps), (after, True))
