"""Where noise and decay balance: exact second moments and norms at finite step size.

The noise is a sign, ±1 with equal chance and independent: then v̂ = 1 at eps = 0 and Adam's update is its m̂.
"""

from sympy import Expr, Integer, Symbol, pi, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import b, beta1, dampening, eps, lr, m, momentum, weight_decay, x
from lawful.verify.provers.claims import Run
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.lion import lion
from lawful.verify.rules.sgd import sgd, sgdw
from lawful.verify.theory.dynamics import Equilibrium
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import MeanSquare
from lawful.verify.theory.theorems import Inequality

REQ = "arXiv:2305.17212"
OWN = Source("lawful", "derived here; the statement is elementary")

a, mu = Symbol("a", positive=True), Symbol("momentum", positive=True)
signs = {lr: 0.5, weight_decay: 1.0}
"""A run that forgets its start by half in every step."""


def memory(share: Expr, weight: Expr, rate: Expr, state: Symbol) -> tuple[Expr, Expr]:
    """Φ and E[x²] for x ← (1 − a)·x − lr·m with m ← share·m + weight·sign."""
    kept = (1 - rate) * share
    cross = -2 * kept * lr / (1 - kept)
    square = share**2 * (lr**2 - cross * lr) / (1 - share**2)
    level = lr**2 * weight**2 * (1 + kept) / ((1 - share**2) * (1 - kept) * rate * (2 - rate))
    return x**2 + cross * x * state + square * state**2, level


_adamw = adamw(bias_correction=False).replace({eps: 0, weight_decay: a / lr})
_potential, adamw_level = memory(beta1, 1 - beta1, a, m)

adamw_equilibrium = Equilibrium(
    "In equilibrium under independent random signs, AdamW's weights (eps = 0, a = lr·wd, bias correction faded) have "
    "E[x²] = lr²·(1 − β1)·(1 + β1·(1 − a))/((1 + β1)·(1 − β1·(1 − a))·a·(2 − a)) exactly: lr/(2·wd) only in the limit "
    "of small a.",
    _adamw,
    adamw_level,
    state=m,
    potential=_potential,
    relaxation=a * (2 - a),
    over={a: (0, 1), beta1: (0, 1)},
    predicts=[MeanSquare(adamw(), signs | {beta1: 0.5, eps: 0.0}, adamw_level.subs(a, lr * weight_decay))],
    source=Source(REQ, "AdamW's equilibrium norm, made exact at finite step size"),
    refuses=false_if("E[x²] = lr/(2·wd) exactly", level=lr**2 / (2 * a)),
)

_sgdw = sgd(decay="lr*wd").replace({momentum: mu, dampening: 0, weight_decay: a / lr}).at(2)
_potential_b, sgdw_level = memory(mu, Integer(1), a, b)

sgdw_equilibrium = Equilibrium(
    "In equilibrium under independent random signs, SGD with momentum μ and decoupled decay a = lr·wd has E[x²] = "
    "lr²·(1 + μ·(1 − a))/((1 − μ²)·(1 − μ·(1 − a))·a·(2 − a)) exactly.",
    _sgdw,
    sgdw_level,
    state=b,
    potential=_potential_b,
    relaxation=a * (2 - a),
    over={a: (0, 1), mu: (0, 1)},
    predicts=[
        MeanSquare(sgdw(), signs | {momentum: 0.5}, sgdw_level.subs({a: lr * weight_decay, mu: momentum}))
    ],
    source=Source(REQ, "SGDM's equilibrium, here without scale invariance and exact"),
    refuses=false_if("as without momentum", level=lr**2 / (a * (2 - a))),
)

_l2 = sgd().replace({momentum: mu, dampening: 0, weight_decay: a / lr}).at(2)
_scale = 2 * a * mu + (1 - mu) ** 2 * (1 + mu)
l2_level = lr**2 * (1 + mu) / (a * (1 - mu) * (2 + 2 * mu - a))

sgd_equilibrium_under_l2 = Equilibrium(
    "In equilibrium under independent random signs, SGD with momentum μ and L2 coefficient wd, a = lr·wd, has E[x²] = "
    "lr²·(1 + μ)/(a·(1 − μ)·(2 + 2μ − a)) exactly.",
    _l2,
    l2_level,
    state=b,
    potential=x**2 + (2 * lr * mu * (a + mu**2 - 1) * x * b + lr**2 * mu**2 * (1 + mu) * b**2) / _scale,
    relaxation=a * (1 - mu) * (2 + 2 * mu - a) / _scale,
    over={a: (0, 1), mu: (0, 1)},
    source=OWN,
    refuses=false_if("as with decoupled decay", level=sgdw_level),
)

lion_level = lr**2 / (a * (2 - a))

lion_equilibrium_without_memory = Equilibrium(
    "In equilibrium under independent random signs, Lion with β1 = 0 has E[x²] = lr²/(a·(2 − a)) exactly, a = lr·wd. "
    "(The authors' code has √(π·lr·wd) for the angle of a step here, the equilibrium lr²/(π·a) of a sign taken as "
    "linear: an approximation, and refused.)",
    lion().replace({beta1: 0, weight_decay: a / lr}),
    lion_level,
    state=m,
    potential=x**2,
    relaxation=a * (2 - a),
    over={a: (0, 1)},
    predicts=[MeanSquare(lion(), signs | {beta1: 0.0}, lion_level.subs(a, lr * weight_decay))],
    source=Source(
        REQ,
        "Lion's equilibrium; linearised in epfml/REQ, lion_etar_func of rotational_wrapper.py, commit bab824d",
    ),
    refuses=false_if("E[x²] = lr²/(π·a)", level=lr**2 / (pi * a)),
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
