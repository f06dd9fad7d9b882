"""The scale of losses in mixed precision: less after an overflow, more after so many steps without one."""

from sympy import And, Eq, Expr, Integer, Piecewise, Pow, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Source
from lawful.verify.language.schedule import Formula, a, b, schedule

scale, finite, counted, grown = (Symbol(name, real=True) for name in ("scale", "finite", "counted", "grown"))

END = Pow(2, 128, evaluate=False)
"""Where the range of float32 ends, in which scales are held."""


@schedule(
    "GradScaler",
    domains={
        "growth_factor": Domain((2.0, 1.5), low=1.0, open_low=True),
        "backoff_factor": Domain((0.5, 0.3), high=1.0),
        "growth_interval": Domain((3, 1, 2, 2000), low=1),
    },
    source=Source("torch.amp", "GradScaler", checked="torch 2.13.0"),
    sets="scale",
)
def loss_scale(
    *, growth_factor: Expr = 2.0, backoff_factor: Expr = 0.5, growth_interval: Expr = 2000
) -> Formula:
    """Times backoff_factor after a step whose gradients, `a` of them, are not finite; times growth_factor after each
    `growth_interval` steps in a row without one, where that is a number of float32."""
    overflow, due = a > 0, Eq(counted, growth_interval)
    after = Piecewise((scale * backoff_factor, overflow), (grown, And(due, grown < END)), (scale, True))
    return Formula(
        scale,
        length=growth_interval,
        names={counted: finite + 1, grown: scale * growth_factor},
        state={
            scale: (b, after),
            finite: (Integer(0), Piecewise((0, overflow), (0, due), (counted, True))),
        },
    )
