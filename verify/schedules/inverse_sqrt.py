"""A warm-up, and then the inverse of a square root."""

from sympy import Expr, Integer, Piecewise, Rational

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import documented, warmed

CLAIM = "get_inverse_sqrt_schedule"


@schedule(
    CLAIM,
    domains={"num_warmup_steps": Domain((4, 1, 20, 0)), "timescale": (None, 7, 100)},
    source=documented(CLAIM),
)
def inverse_sqrt(*, num_warmup_steps: Expr, timescale: Expr | None = None) -> Formula:
    """From 0 to the rate, and down with the inverse root of the steps, in units of the warm-up's or of a time scale."""
    own = Piecewise((num_warmup_steps, num_warmup_steps > 0), (Integer(10000), True))
    unit = own if timescale is None else timescale
    down = b * ((k + unit - num_warmup_steps) / unit) ** Rational(-1, 2)
    return Formula(warmed(down, num_warmup_steps), length=num_warmup_steps + 10)
