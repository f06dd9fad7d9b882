"""Half a period of a cosine down to a share of the rate; as optax and Keras have it."""

from sympy import Expr, Min, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k, schedule
from lawful.verify.schedules.stairs import of_optax
from lawful.verify.schedules.warming import led

CLAIM = "cosine_decay_schedule"


@schedule(
    CLAIM,
    "CosineDecay",
    domains={
        "decay_steps": Domain((5, 1, 100), low=1),
        "alpha": Domain((0.1, 0.0)),
        "exponent": Domain((1.0, 2.0, 0.5)),
    },
    also=({"warmup_target": 0.5, "warmup_steps": 3}, {"warmup_target": 0.02, "warmup_steps": 1}),
    edges=({"decay_steps": 0},),
    source=of_optax(CLAIM),
    pure=True,
)
def cosine_to_share(
    *,
    decay_steps: Expr,
    alpha: Expr = 0.0,
    exponent: Expr = 1.0,
    warmup_target: Expr | None = None,
    warmup_steps: Expr = 0,
) -> Formula:
    """From the rate, or from that to which a line leads first, down to a share of it, where it stays."""
    if warmup_target is None:
        return Formula(b * down(k, decay_steps, alpha, exponent), length=decay_steps)
    after = warmup_target * down(k - warmup_steps, decay_steps, alpha, exponent)
    return Formula(led(after, warmup_steps, b, warmup_target), length=warmup_steps + decay_steps)


def down(done: Expr, steps: Expr, alpha: Expr, exponent: Expr) -> Expr:
    """The share of the rate that a cosine to a power has left."""
    return alpha + (1 - alpha) * ((1 + cos(pi * Min(done, steps) / steps)) / 2) ** exponent
