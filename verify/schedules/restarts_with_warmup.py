"""A warm-up, and then cosines one after the other."""

from sympy import Expr, Integer, Mod, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.warming import documented, warmed

CLAIM = "get_cosine_with_hard_restarts_schedule_with_warmup"


@schedule(
    CLAIM,
    domains={
        "num_warmup_steps": Domain((3, 1, 0)),
        "num_training_steps": Domain((15, 5, 101), low=1),
        "num_cycles": Domain((1, 2, 3, 7), low=1),
    },
    source=documented(CLAIM),
)
def restarts_with_warmup(
    *, num_warmup_steps: Expr, num_training_steps: Expr, num_cycles: Expr = 1
) -> Formula:
    """From 0 to the rate, and along half a period of a cosine down so many times, each from the rate; then 0."""
    steps = num_training_steps - num_warmup_steps
    gone = num_cycles * (k - num_warmup_steps)
    over = (gone - Mod(gone, steps)) / steps
    down = b * (1 + cos(pi * (gone / steps - over))) / 2
    down = Piecewise((down, k < num_training_steps), (Integer(0), True))
    return Formula(warmed(down, num_warmup_steps), length=num_training_steps)
