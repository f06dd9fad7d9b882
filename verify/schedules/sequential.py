"""One schedule after another."""

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Integer, Piecewise

from lawful.verify.language.schedule import Formula, Part, k, schedule
from lawful.verify.schedules.chained import chained
from lawful.verify.schedules.constant import constant
from lawful.verify.schedules.cosine import cosine
from lawful.verify.schedules.exponential import exponential
from lawful.verify.schedules.lambda_ import TRIED, lambda_
from lawful.verify.schedules.linear import linear
from lawful.verify.schedules.multiplicative import SHRINKING, multiplicative
from lawful.verify.schedules.one_cycle import one_cycle
from lawful.verify.schedules.step import step
from lawful.verify.schedules.warm_restarts import warm_restarts

WARM = Part(linear, {"start_factor": 0.25, "total_iters": 4})
COSINE = Part(cosine, {"T_max": 5, "eta_min": 0.01})
DECAY = Part(exponential, {"gamma": 0.5})
CYCLE = Part(one_cycle, {"max_lr": 0.5, "total_steps": 10, "cycle_momentum": False})
HALF = Part(constant, {"factor": 0.5, "total_iters": 3})
STAIRS = Part(step, {"step_size": 2, "gamma": 0.5})
RESTARTS = Part(warm_restarts, {"T_0": 2, "T_mult": 2, "eta_min": 0.01})


@schedule(
    "SequentialLR",
    domains={"schedulers": ((WARM, COSINE),), "milestones": ((4,),)},
    also=(
        {"schedulers": (HALF, DECAY, STAIRS), "milestones": (2, 5)},
        {"schedulers": (COSINE, WARM), "milestones": (3,)},
        {"schedulers": (Part(lambda_, {"lr_lambda": TRIED[0]}), DECAY), "milestones": (1,)},
        {"schedulers": (WARM, RESTARTS), "milestones": (4,)},
        {"schedulers": (RESTARTS, RESTARTS, DECAY), "milestones": (5, 11)},
        {"schedulers": (WARM, CYCLE), "milestones": (4,)},
        {"schedulers": (WARM, Part(multiplicative, {"lr_lambda": SHRINKING})), "milestones": (4,)},
        {"schedulers": (WARM, Part(chained, {"schedulers": (HALF, DECAY)})), "milestones": (4,)},
    ),
)
def sequential(*, schedulers: Sequence[Formula], milestones: Sequence[Expr]) -> Formula:
    """Each from the milestone before it on, as if it began there with the rate that the group began with."""
    parts = zip(schedulers, (Integer(0), *milestones), strict=True)
    begun = [each.apart(place).later(at) for place, (each, at) in enumerate(parts, 1)]
    return Formula(
        _after_one_another([each.rate for each in begun], milestones),
        length=begun[-1].length,
        last=begun[-1].last,
        recursion=_after_one_another([each.recursion or each.rate for each in begun], milestones),
        state={s: told for each in begun for s, told in each.state.items()},
    )


def _after_one_another(parts: Sequence[Expr], milestones: Sequence[Expr]) -> Expr:
    until = zip(parts[:-1], milestones, strict=True)
    return Piecewise(*((part, k < at) for part, at in until), (parts[-1], True))


_INNER = Part(sequential, {"schedulers": (WARM, STAIRS), "milestones": (2,)})
_NESTED = (
    {"schedulers": (_INNER, DECAY), "milestones": (5,)},
    {"schedulers": (DECAY, _INNER), "milestones": (2,)},
    {"schedulers": (Part(chained, {"schedulers": (HALF, DECAY)}), RESTARTS), "milestones": (3,)},
)
sequential = replace(sequential, also=(*sequential.also, *_NESTED))
