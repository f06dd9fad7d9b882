"""AdamW's box at every step and along every schedule: its largest step in closed form, and the walls that weights keep.

P = (β1/√β2)^t and R = √β2^t, so that β1^t = P·R and β2^t = R².
"""

from sympy import Expr, Integer, Symbol, sqrt

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x
from lawful.verify.laws.constraint import any_update, walls
from lawful.verify.laws.constraint import s as turn
from lawful.verify.laws.step_size import OWN, bare, exact, newest, r
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.claims import Run, any_step, n
from lawful.verify.rules.adam import adamw
from lawful.verify.theory.along_schedules import StaysInBox
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.theorems import Inequality

# ---------------------------------------------------------------------------------------- largest step
_long_run = newest / (1 - beta1**2 / beta2)


def moments(ratio: Expr) -> dict[Symbol, Expr]:
    """m = ℓ·K and v = ℓ²·K on the gradients r^t, β1 being β2/r."""
    newest_over_ratio = r**n * (1 - beta2) / (1 - beta1)
    return {
        s: e.subs(beta1, beta2 / r)
        for s, e in ((m, newest_over_ratio * ratio), (v, newest_over_ratio**2 * ratio))
    }


adams_largest_ratio_in_closed_form = Invariant(
    "On the gradients r^t with r = β2/β1, which attain the bound m² ≤ K_t·v, Adam's moments are m = ℓ·K_t and v = "
    "ℓ²·K_t with K_t = (1 − β1)²/(1 − β2)·(1 − (β1²/β2)^t)/(1 − β1²/β2) after t steps, ℓ = r^t·(1 − β2)/(1 − β1).",
    bare.replace({g: r**t, beta1: beta2 / r}),
    moments(_long_run * (1 - (beta2 / r**2) ** n)),
    source=OWN,
    refuses=false_if("the ratio of the long run at once", holds=moments(_long_run)),
)

P, R, ell = (Symbol(name, positive=True) for name in ("P", "R", "ell"))
new_x = Symbol("x'")
K_oo = Symbol("K_oo", positive=True)
"""ρ∞², as `largest_step_in_the_long_run` has it."""

_K = K_oo * (1 - P**2)
_extreme = {g: Integer(0), m: ell * _K / beta1, v: ell**2 * _K / beta2}
"""The state that a gradient of 0 takes to m = ℓ·K_t and v = ℓ²·K_t, as any other that leads there."""


def largest(first: Expr, second: Expr) -> Run:
    """That step, with these for β1^t and β2^t."""
    return any_step(bare.replace({beta1**t: first, beta2**t: second}), given=_extreme)


adams_steps_stay_below_their_limit = Inequality(
    "If β1² < β2, Adam's largest step number t (eps = 0), where m² = K_t·v and K_t = ρ∞²·(1 − P²), has size lr·ρ_t "
    "with ρ_t² = ρ∞²·(1 − ((P − R)/(1 − P·R))²), P = (β1/√β2)^t, R = √β2^t: never above lr·ρ∞, at no t, and equal "
    "to it only where P = R.",
    {((x - new_x) * (1 - P * R)) ** 2: lr**2 * K_oo * ((1 - P * R) ** 2 - (P - R) ** 2)},
    runs={new_x: largest(P * R, R**2)},
    over={P: (0, 1), R: (0, 1)},
    source=OWN,
    refuses=false_if("without the bias corrections", runs={new_x: largest(Integer(0), Integer(0))}),
)

# ------------------------------------------------------------------------------------------------ box
wd, rho, first = (Symbol(name, positive=True) for name in ("weight_decay", "rho", "B_0"))
wall = Symbol("B", real=True)
above, below = (Symbol(name, nonnegative=True) for name in ("above", "below"))
p, q = (Symbol(name, nonnegative=True) for name in "pq")
kept, pace = Symbol("P_t", real=True), Symbol("pace", real=True)
rate = abs(pace) / (1 + abs(pace))
"""lr·wd, any number of [0, 1) at each step."""


def with_any_update(rule: Rule) -> Rule:
    """The rule's decay, and any step of at most lr·ρ, with lr·wd = `rate`."""
    decayed = at(rule.x, {m: Integer(0), g: Integer(0)})
    stepped = Rule("adamw", decayed - lr * any_update, {}, {}, OWN)
    return stepped.replace({weight_decay: wd}).replace({lr: rate / wd, turn: g})


def towards(end: Expr) -> tuple[Expr, Expr]:
    """B from p + q, at least |x| at first: each step goes the part lr·wd of the way to an end."""
    return p + q, (1 - rate) * wall + rate * end


_because = {name: at(e, {Symbol("a", positive=True): rate}) for name, e in walls(any_update, rho).items()}

adamw_keeps_a_box_along_every_schedule = Bound(
    "If no update is above ρ in size (ρ∞ for AdamW), then along every schedule with 0 ≤ lr_t·wd < 1 AdamW keeps |x_t| "
    "≤ P_t·B₀ + (1 − P_t)·ρ/wd for every B₀ ≥ |x₀|, P_t the product of the 1 − lr_s·wd so far: it nears the box ρ/wd "
    "as P_t goes to 0, and never leaves it from inside. Equality where every update is −ρ.",
    with_any_update(adamw()),
    {above: wall - x, below: wall + x},
    because={name: e.xreplace({turn: g}) for name, e in _because.items()},
    beside={wall: towards(rho / wd), kept: (Integer(1), (1 - rate) * kept)},
    varying=(pace,),
    start={x: p - q},
    attained={g: Integer(-1)},
    attained_from={x: first, wall: first, kept: Integer(1)},
    holds={
        x: kept * first + (1 - kept) * rho / wd,
        wall: kept * first + (1 - kept) * rho / wd,
    },
    source=OWN,
    refuses=false_if("half the box", beside={
        wall: towards(rho / wd / 2), kept: (Integer(1), (1 - rate) * kept),
    }),
    predicts=[
        StaysInBox(
            adamw(),
            exact | {weight_decay: 0.5},
            -((beta2 / beta1) ** t),
            sqrt(_long_run) / weight_decay,
            steps=33,  # the last at which (3/2)^t is a float64
        ),
    ],
)  # fmt: skip
