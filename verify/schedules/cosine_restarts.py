"""A cosine down to a share of the rate that begins again, in cycles that become longer and lower; as Keras has it."""

from sympy import Expr, Integer, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import Formula, b, schedule
from lawful.verify.schedules.cycling import done, length, number
from lawful.verify.schedules.stairs import KERAS


@schedule(
    "CosineDecayRestarts",
    domains={
        "first_decay_steps": Domain((4, 1, 10), low=1),
        "t_mul": Domain((2.0, 1.0, 3.0), low=1),
        "m_mul": Domain((0.5, 1.0)),
        "alpha": Domain((0.1, 0.0)),
    },
    also=({"first_decay_steps": 10, "t_mul": 3.0},),
    edges=({"first_decay_steps": 0},),
    source=Source("keras.optimizers.schedules", "CosineDecayRestarts", checked=KERAS),
    pure=True,
)
def cosine_restarts(
    *, first_decay_steps: Expr, t_mul: Expr = 2.0, m_mul: Expr = 1.0, alpha: Expr = 0.0
) -> Formula:
    """Half a period of a cosine, from m_mul times the height of the last one in t_mul times as many steps, down to a
    share of the rate."""
    left = m_mul**number * (1 + cos(pi * done / length)) / 2
    over = done + 1 >= length
    return Formula(
        b * (alpha + (1 - alpha) * left),
        length=first_decay_steps * (1 + t_mul + t_mul**2),
        state={
            done: (Integer(0), Piecewise((done + 1 - length, over), (done + 1, True))),
            length: (first_decay_steps, Piecewise((length * t_mul, over), (length, True))),
            number: (Integer(0), Piecewise((number + 1, over), (number, True))),
        },
    )
