"""Up to a largest rate and down to next to nothing, once."""

from itertools import pairwise
from typing import Literal

from sympy import Expr, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, k, schedule

Knots = tuple[tuple[Expr, Expr], ...]


@schedule(
    "OneCycleLR",
    domains={
        "max_lr": Domain((0.1, 1.0)),
        "total_steps": Domain((10, 4, 37), low=2),
        "pct_start": Domain((0.3, 0.5, 1.0)),
        "div_factor": Domain((25.0, 10.0)),
        "final_div_factor": Domain((1e4, 100.0)),
    },
    also=({"three_phase": True, "pct_start": 0.4}, {"three_phase": True, "anneal_strategy": "linear"}),
    edges=({"total_steps": 1}, {"pct_start": 0.1}, {"pct_start": 0.0}, {"total_steps": 2, "pct_start": 0.5}),
)
def one_cycle(
    *,
    max_lr: Expr,
    total_steps: Expr,
    pct_start: Expr = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    cycle_momentum: bool = True,
    base_momentum: Expr = 0.85,
    max_momentum: Expr = 0.95,
    div_factor: Expr = 25.0,
    final_div_factor: Expr = 1e4,
    three_phase: bool = False,
) -> Formula:
    """Up from max_lr/div_factor in a share of the steps and down, in two phases or three; momentum the other way."""
    first, up, last = max_lr / div_factor, pct_start * total_steps - 1, total_steps - 1
    between = ((2 * up, first, max_momentum),) if three_phase else ()
    knots = ((0, first, max_momentum), (up, max_lr, base_momentum), *between)
    knots = (*knots, (last, first / final_div_factor, max_momentum))
    rates, momenta = tuple((at, rate) for at, rate, _ in knots), tuple((at, m) for at, _, m in knots)
    return Formula(
        _through(rates, anneal_strategy),
        length=total_steps,
        momentum=_through(momenta, anneal_strategy) if cycle_momentum else None,
        last=last,
    )


def _through(knots: Knots, strategy: str) -> Expr:
    """What goes through these knots."""
    pieces = [(_anneal(*pair, strategy), k <= pair[1][0]) for pair in pairwise(knots)]
    return Piecewise(*pieces[:-1], (pieces[-1][0], True))


def _anneal(begin: tuple[Expr, Expr], end: tuple[Expr, Expr], strategy: str) -> Expr:
    share = (k - begin[0]) / (end[0] - begin[0])
    if strategy == "linear":
        return begin[1] + (end[1] - begin[1]) * share
    return end[1] + (begin[1] - end[1]) / 2 * (1 + cos(pi * share))
