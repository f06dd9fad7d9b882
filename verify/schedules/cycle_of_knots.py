"""Up to the rate and down again, along lines or cosines between knots; as optax has it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from sympy import Expr, Integer, Piecewise, Rational, cos, floor, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.stairs import of_optax

STEPS, DIVISORS = Domain((20, 10, 100), low=1), Domain((25.0, 4.0))


@schedule(
    "linear_onecycle_schedule",
    domains={
        "transition_steps": STEPS,
        "pct_start": Domain((0.3, 0.5)),
        "pct_final": Domain((0.85, 0.7)),
        "div_factor": DIVISORS,
        "final_div_factor": DIVISORS,
    },
    source=of_optax("linear_onecycle_schedule"),
    pure=True,
)
def linear_cycle(
    *,
    transition_steps: Expr,
    pct_start: Expr = 0.3,
    pct_final: Expr = 0.85,
    div_factor: Expr = 25.0,
    final_div_factor: Expr = 1e4,
) -> Formula:
    """From a part of the rate along lines to it and back, and on to a part of that part, where it stays."""
    low = b / div_factor
    knots = [(Integer(0), low), (_part(transition_steps, pct_start), b)]
    knots += [(_part(transition_steps, pct_final), low), (transition_steps, low / final_div_factor)]
    return Formula(
        _between(knots, lambda start, end, share: start + (end - start) * share), length=transition_steps
    )


@schedule(
    "cosine_onecycle_schedule",
    domains={
        "transition_steps": STEPS,
        "pct_start": Domain((0.3, 0.5)),
        "div_factor": DIVISORS,
        "final_div_factor": DIVISORS,
    },
    source=of_optax("cosine_onecycle_schedule"),
    pure=True,
)
def cosine_cycle(
    *, transition_steps: Expr, pct_start: Expr = 0.3, div_factor: Expr = 25.0, final_div_factor: Expr = 1e4
) -> Formula:
    """From a part of the rate along half a period of a cosine to it, and along another to a part of that part."""
    low = b / div_factor
    knots = [(Integer(0), low), (_part(transition_steps, pct_start), b)]
    knots += [(transition_steps, low / final_div_factor)]
    return Formula(_between(knots, _falling), length=transition_steps)


def _part(steps: Expr, share: Expr) -> Expr:
    """The whole steps of a share, which is a little less than it is written in decimals: 0.3 of 20 are 6."""
    return floor(share * steps + Rational(1, 2**30))


def _falling(start: Expr, end: Expr, share: Expr) -> Expr:
    """Half a period of a cosine from one rate to another."""
    return end + (start - end) * (1 + cos(pi * share)) / 2


def _between(knots: Sequence[tuple[Expr, Expr]], way: Callable[[Expr, Expr, Expr], Expr]) -> Expr:
    """From knot to knot, by the share of the steps that is gone; then the last."""
    ways = [
        (way(rate, to, (k - at) / (until - at)), k < until) for (at, rate), (until, to) in pairwise(knots)
    ]
    return Piecewise(*ways, (knots[-1][1], True))
