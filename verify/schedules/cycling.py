"""One curve after another, each as long as the last times a factor, and as high; as timm's schedules have it."""

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Integer, Max, Piecewise, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, k
from lawful.verify.schedules.warming import led

done, length, number = (Symbol(name, real=True) for name in ("t", "t_i", "i"))

DOMAINS = {
    "t_initial": Domain((5, 12, 3), low=1),
    "lr_min": Domain((0.01, 0.0)),
    "cycle_mul": Domain((1.0, 2.0, 3.0), low=1),
    "cycle_decay": Domain((0.5, 1.0)),
    "cycle_limit": Domain((3, 1, 5), low=1),
    "warmup_t": Domain((2, 0)),
    "warmup_lr_init": Domain((0.001, 0.0)),
}
"""Of what they have in common."""

ALSO = (
    {"cycle_mul": 2.0, "cycle_limit": 4, "t_initial": 3},
    {"cycle_mul": 3.0, "cycle_limit": 6, "t_initial": 1, "warmup_t": 0},
    {"cycle_mul": 1.5, "cycle_limit": 3, "t_initial": 4, "warmup_prefix": True},
)
"""What is tried together: long cycles, with a restart after 1 + 3 + 9 + 27 steps."""


@dataclass(frozen=True)
class Cycles:
    """How long and how high the curves are."""

    t_initial: Expr
    cycle_mul: Expr
    cycle_decay: Expr
    cycle_limit: Expr
    lr_min: Expr
    warmup_t: Expr
    warmup_lr_init: Expr
    warmup_prefix: bool

    def along(self, curve: Callable[[Expr, Expr], Expr], whole: bool = True) -> Formula:
        """The schedule of a curve.

        Args:
            curve: the share of the way from lr_min to the height that is left, after so many steps of a cycle of that
                length.
            whole: whether the warm-up leads to the rate, and not to where the curve is by then, in the first cycle.
        """
        top = b * self.cycle_decay**number
        rate = Piecewise(
            (self.lr_min + (top - self.lr_min) * curve(done, length), number < self.cycle_limit),
            (self.lr_min, True),
        )
        met = self.lr_min + (b - self.lr_min) * curve(self.warmup_t, self.t_initial)
        waits = self.warmup_prefix
        gone = Piecewise((done + 1, k >= self.warmup_t), (0, True)) if waits else done + 1
        over = gone >= length
        return Formula(
            led(rate, self.warmup_t, self.warmup_lr_init, b if whole or waits else met),
            length=self.t_initial * Max(self.cycle_limit, self.cycle_mul ** (self.cycle_limit - 1))
            + self.warmup_t,
            state={
                done: (Integer(0), Piecewise((gone - length, over), (gone, True))),
                length: (self.t_initial, Piecewise((length * self.cycle_mul, over), (length, True))),
                number: (Integer(0), Piecewise((number + 1, over), (number, True))),
            },
        )
