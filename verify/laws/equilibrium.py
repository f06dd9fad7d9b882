"""Where noise and decay balance: exact second moments and norms at finite step size.

The noise is a sign, ±1 with equal chance and independent: then v̂ = 1 at eps = 0 and Adam's update is its m̂.
"""

from collections.abc import Mapping

from sympy import Expr, Integer, Symbol, pi, sqrt

from lawful.verify.claims import Run
from lawful.verify.law import false_if
from lawful.verify.prediction import MeanSquare
from lawful.verify.rule import Rule, Source
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.lion import lion
from lawful.verify.rules.sgd import sgd, sgdw
from lawful.verify.symbols import b, beta1, dampening, eps, lr, m, momentum, v, weight_decay, x
from lawful.verify.theorems import Identity, Inequality

REQ = "arXiv:2305.17212"
OWN = Source("lawful", "derived here; the statement is elementary")

a, mu = Symbol("a", positive=True), Symbol("momentum", positive=True)
signs = {lr: 0.5, weight_decay: 1.0}
"""A run that forgets its start by half in every step."""

up_x, up_m, down_x, down_m = (Symbol(name) for name in ("x_up", "m_up", "x_down", "m_down"))


def after_a_sign(rule: Rule, state: Symbol) -> dict[Symbol, Run]:
    """x and the state, one step after +1 and after −1, from any x and any state, v = 1."""
    ends = ((up_x, x, 1), (up_m, state, 1), (down_x, x, -1), (down_m, state, -1))
    start = {x: x, state: state, v: Integer(1)}
    return {end: Run(rule, 1, read, [Integer(sign)], start) for end, read, sign in ends}


def mean(potential: Expr, state: Symbol) -> Expr:
    """The mean of a function of x and the state, one step after a sign of equal chances."""
    up, down = {x: up_x, state: up_m}, {x: down_x, state: down_m}
    return (potential.xreplace(up) + potential.xreplace(down)) / 2


def balance(potential: Expr, state: Symbol, relaxation: Expr, level: Expr) -> Mapping[Expr, Expr]:
    """E[Φ'] = Φ − relaxation·(x² − level). At equilibrium E[Φ'] = E[Φ], so E[x²] = level, whatever Φ is."""
    return {mean(potential, state): potential - relaxation * (x**2 - level)}


def memory(share: Expr, weight: Expr, rate: Expr, state: Symbol) -> tuple[Expr, Expr]:
    """Φ and E[x²] for x ← (1 − a)·x − lr·m with m ← share·m + weight·sign."""
    kept = (1 - rate) * share
    cross = -2 * kept * lr / (1 - kept)
    square = share**2 * (lr**2 - cross * lr) / (1 - share**2)
    level = lr**2 * weight**2 * (1 + kept) / ((1 - share**2) * (1 - kept) * rate * (2 - rate))
    return x**2 + cross * x * state + square * state**2, level


_adamw = adamw(bias_correction=False).replace({eps: 0, weight_decay: a / lr})
_potential, adamw_level = memory(beta1, 1 - beta1, a, m)

adamw_equilibrium = Identity(
    "On independent random signs, AdamW's weights (eps = 0, a = lr·wd) come to rest at E[x²] = lr²·(1 − β1)·(1 + "
    "β1·(1 − a))/((1 + β1)·(1 − β1·(1 − a))·a·(2 − a)) exactly, which is lr/(2·wd) in the limit of small a: some Φ = "
    "x² + p·x·m + q·m² obeys E[Φ'] = Φ − a·(2 − a)·(x² − E[x²]).",
    balance(_potential, m, a * (2 - a), adamw_level),
    runs=after_a_sign(_adamw, m),
    predicts=[MeanSquare(adamw(), signs | {beta1: 0.5, eps: 0.0}, adamw_level.subs(a, lr * weight_decay))],
    source=Source(REQ, "AdamW's equilibrium norm, made exact at finite step size"),
    refuses=false_if(
        "E[x²] = lr/(2·wd) exactly", equations=balance(_potential, m, a * (2 - a), lr**2 / (2 * a))
    ),
)

_sgdw = sgd(decay="lr*wd").replace({momentum: mu, dampening: 0, weight_decay: a / lr}).at(2)
_potential_b, sgdw_level = memory(mu, Integer(1), a, b)

sgdw_equilibrium = Identity(
    "On independent random signs, SGD with momentum μ and decoupled decay a = lr·wd comes to rest at E[x²] = lr²·(1 + "
    "μ·(1 − a))/((1 − μ²)·(1 − μ·(1 − a))·a·(2 − a)) exactly.",
    balance(_potential_b, b, a * (2 - a), sgdw_level),
    runs=after_a_sign(_sgdw, b),
    predicts=[
        MeanSquare(sgdw(), signs | {momentum: 0.5}, sgdw_level.subs({a: lr * weight_decay, mu: momentum}))
    ],
    source=Source(REQ, "SGDM's equilibrium, here without scale invariance and exact"),
    refuses=false_if(
        "as without momentum", equations=balance(_potential_b, b, a * (2 - a), lr**2 / (a * (2 - a)))
    ),
)

_lion = lion().replace({beta1: 0, weight_decay: a / lr})
lion_level = lr**2 / (a * (2 - a))

lion_equilibrium_is_not_the_linearised_one = Inequality(
    "With β1 = 0, Lion on independent random signs comes to rest at E[x²] = lr²/(a·(2 − a)) exactly. The formula that "
    "treats the sign as linear gives lr²/(π·a): it is an approximation, here too small by more than a third.",
    balance(x**2, m, a * (2 - a), lion_level),
    greater={2 * lion_level: 3 * lr**2 / (pi * a)},
    over={a: (0, 1)},
    runs=after_a_sign(_lion, m),
    predicts=[MeanSquare(lion(), signs | {beta1: 0.0}, lion_level.subs(a, lr * weight_decay))],
    source=Source(REQ, "Lion's equilibrium; its linearisation refuted as exact"),
    refuses=false_if("E[x²] = lr²/(π·a)", equations=balance(x**2, m, a * (2 - a), lr**2 / (pi * a))),
)

norm, along, across = Symbol("N", positive=True), Symbol("x_along"), Symbol("x_across")
_plain = sgd(decay="lr*wd").replace({momentum: 0, weight_decay: a / lr})
_push = norm**2 * sqrt(a * (2 - a)) / lr
"""The constant G of gradients of size G/|w| at which N is the norm of equilibrium: N⁴ = lr²·G²/(a·(2 − a))."""

scale_invariant_weights_turn_evenly = Inequality(
    "With a scale-invariant loss the gradient is orthogonal to the weights w and has size G/|w|. SGD with decoupled "
    "decay a = lr·wd in (0, 1) then keeps |w|⁴ = lr²·G²/(a·(2 − a)), and turns w by the angle arccos(1 − a) in every "
    "step, exactly.",
    {along**2 + across**2: norm**2, along / norm: 1 - a},
    over={a: (0, 1)},
    runs={
        along: Run(_plain, 1, x, [Integer(0)], {x: norm}),
        across: Run(_plain, 1, x, [_push / norm], {x: Integer(0)}),
    },
    source=Source(REQ, "SGD's equilibrium, made exact at finite step size"),
    refuses=false_if("|w|⁴ = lr²·G²/(2·a)", runs={
        along: Run(_plain, 1, x, [Integer(0)], {x: norm}),
        across: Run(_plain, 1, x, [norm * sqrt(2 * a) / lr], {x: Integer(0)}),
    }),
)  # fmt: skip

_l2 = sgd().replace({momentum: mu, dampening: 0, weight_decay: a / lr}).at(2)
_scale = 2 * a * mu + (1 - mu) ** 2 * (1 + mu)
_potential_l2 = x**2 + (2 * lr * mu * (a + mu**2 - 1) * x * b + lr**2 * mu**2 * (1 + mu) * b**2) / _scale
l2_level = lr**2 * (1 + mu) / (a * (1 - mu) * (2 + 2 * mu - a))

sgd_equilibrium_under_l2 = Identity(
    "On independent random signs, SGD with momentum μ and L2 coefficient wd, a = lr·wd, comes to rest at E[x²] = lr²·"
    "(1 + μ)/(a·(1 − μ)·(2 + 2μ − a)) exactly.",
    balance(_potential_l2, b, a * (1 - mu) * (2 + 2 * mu - a) / _scale, l2_level),
    runs=after_a_sign(_l2, b),
    source=OWN,
    refuses=false_if("as with decoupled decay", equations=balance(
        _potential_l2, b, a * (1 - mu) * (2 + 2 * mu - a) / _scale, sgdw_level,
    )),
)  # fmt: skip
