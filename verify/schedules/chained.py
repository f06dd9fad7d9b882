"""Several schedules at once."""

from collections.abc import Sequence
from dataclasses import replace

from sympy import Integer, Max, Mul

from lawful.verify.language.schedule import Formula, Part, b, eta, schedule
from lawful.verify.schedules.constant import constant
from lawful.verify.schedules.exponential import exponential
from lawful.verify.schedules.linear import linear
from lawful.verify.schedules.multistep import multistep
from lawful.verify.schedules.polynomial import polynomial

HALF = Part(constant, {"factor": 0.5, "total_iters": 4})
DECAY = Part(exponential, {"gamma": 0.9})
WARM = Part(linear, {"start_factor": 0.25, "total_iters": 4})


TRIED = (
    (HALF, DECAY),
    (WARM, Part(multistep, {"milestones": (2, 5), "gamma": 0.5})),
    (WARM, Part(polynomial, {"total_iters": 6, "power": 2.0}), DECAY),
    (DECAY,),
)


@schedule("ChainedScheduler", domains={"schedulers": TRIED})
def chained(*, schedulers: Sequence[Formula]) -> Formula:
    """The product of what each makes of the rate; of schedules that add nothing to it."""
    ratios = [each.recursion.xreplace({eta: Integer(1)}) for each in schedulers if each.recursion is not None]
    return Formula(
        b * Mul(*(each.rate / b for each in schedulers)),
        length=Max(*(each.length for each in schedulers)),
        recursion=eta * Mul(*ratios),
    )


_NESTED = (Part(chained, {"schedulers": (HALF, DECAY)}), WARM)
chained = replace(chained, domains={"schedulers": (*TRIED, _NESTED)})
