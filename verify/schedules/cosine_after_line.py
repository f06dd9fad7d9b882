"""A line to a rate, and from there half a period of a cosine; as optax has it."""

from sympy import Expr

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, k, schedule
from lawful.verify.schedules.cosine_to_share import down
from lawful.verify.schedules.stairs import of_optax, ramped

CLAIM = "warmup_cosine_decay_schedule"


@schedule(
    CLAIM,
    domains={
        "peak_value": Domain((0.5, 0.02)),
        "warmup_steps": Domain((3, 1, 0)),
        "decay_steps": Domain((11, 5, 100), low=1),
        "end_value": Domain((0.01, 0.0)),
        "exponent": Domain((1.0, 2.0)),
    },
    source=of_optax(CLAIM),
    pure=True,
)
def cosine_after_line(
    *, peak_value: Expr, warmup_steps: Expr, decay_steps: Expr, end_value: Expr = 0.0, exponent: Expr = 1.0
) -> Formula:
    """From the rate to the peak in warmup_steps, then down to end_value, where it is after decay_steps in all."""
    left = down(k - warmup_steps, decay_steps - warmup_steps, 0, exponent)
    after = end_value + (peak_value - end_value) * left
    return Formula(ramped(after, warmup_steps, peak_value), length=decay_steps)
