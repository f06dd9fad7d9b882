"""A warm-up, and then the rate."""

from sympy import Expr, Max

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, schedule
from lawful.verify.schedules.warming import documented, warmed

CLAIM = "get_constant_schedule_with_warmup"


@schedule(CLAIM, domains={"num_warmup_steps": Domain((4, 1, 7, 100, 0))}, source=documented(CLAIM))
def constant_with_warmup(*, num_warmup_steps: Expr) -> Formula:
    """From 0 to the rate, where it stays."""
    return Formula(warmed(b, num_warmup_steps), length=Max(num_warmup_steps, 1))
