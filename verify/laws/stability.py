"""How large the curvature may be: exact limits of stability on a quadratic, the fastest heavy ball, regret."""

from typing import Any

from sympy import Expr, Integer, Rational, Symbol, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import (
    b,
    beta1,
    beta2,
    dampening,
    eps,
    g,
    lr,
    m,
    momentum,
    v,
    weight_decay,
    x,
)
from lawful.verify.provers.claims import Run, any_step
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.cycles import Repulsion, z
from lawful.verify.theory.dynamics import Threshold, h
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import StableUpTo
from lawful.verify.theory.theorems import Identity, Inequality

OWN = Source("lawful", "derived here; the statement is elementary")
EDGE = "arXiv:2207.14484"

mu = Symbol("momentum", positive=True)
a, unit = Symbol("a", positive=True), (0, 1)


def later(**conventions: Any) -> Rule:
    """SGD with momentum, without decay, after its first step, which is special."""
    return sgd(**conventions).replace({weight_decay: 0, momentum: mu}).at(2)


sgd_is_stable_up_to_2_over_lr = Threshold(
    "On a quadratic of curvature h > 0, SGD without momentum tends to the minimum from every start if h < 2/lr, and "
    "oscillates ever more widely if h > 2/lr.",
    sgd().replace({weight_decay: 0, momentum: 0}),
    2 / lr,
    predicts=[StableUpTo(sgd(), {lr: 0.5, momentum: 0.0, weight_decay: 0.0}, 2 / lr)],
    source=OWN,
    refuses=false_if("up to 1.9/lr", limit=Rational(19, 10) / lr),
)

damped = {lr: 0.5, momentum: 0.5, dampening: 0.0, weight_decay: 0.0}
large_eps = {lr: 0.5, beta1: 0.5, eps: 1.0, weight_decay: 0.0}
"""From a start near 0, eps stays far above √v: Adam divides by it alone."""

decay_lowers_the_stable_curvature = Threshold(
    "On a quadratic, SGD with decoupled decay or with L2 is stable up to h = 2/lr − wd, below the 2/lr of SGD without "
    "decay, for lr·wd = a < 2: decay takes from what the step may be, and does not make room.",
    sgd(decay="lr*wd").replace({weight_decay: a / lr, momentum: 0}),
    (2 - a) / lr,
    over={a: (0, 2)},
    source=OWN,
    predicts=[StableUpTo(sgd(), {lr: 0.5, momentum: 0.0, weight_decay: 1.0}, 2 / lr - weight_decay)],
    refuses=false_if("up to 2/lr", limit=2 / lr),
)

kept = Symbol("kept", positive=True)

momentum_widens_stability = Threshold(
    "On a quadratic, SGD with momentum μ and dampening d < 1, the default 0 included, is stable up to h = 2·(1 + "
    "μ)/((1 − d)·lr), here with kept = 1 − d.",
    later().replace({dampening: 1 - kept}),
    2 * (1 + mu) / (kept * lr),
    over={mu: unit},
    source=Source("Polyak 1964", "heavy ball; the condition is elementary"),
    predicts=[
        StableUpTo(sgd(), {**damped, dampening: d}, 2 * (1 + momentum) / ((1 - dampening) * lr))
        for d in (0.0, 0.25)
    ],
    refuses=false_if("up to 2/((1 − d)·lr), as without momentum", limit=2 / (kept * lr)),
)

nesterov_narrows_it = Threshold(
    "On a quadratic, SGD with Nesterov's look-ahead is stable up to h = 2·(1 + μ)/((1 + 2μ)·lr): below 2/lr for every "
    "μ > 0.",
    later(nesterov=True).replace({dampening: 0}),
    2 * (1 + mu) / ((1 + 2 * mu) * lr),
    over={mu: unit},
    predicts=[
        StableUpTo(
            sgd(),
            damped,
            2 * (1 + momentum) / ((1 + 2 * momentum) * lr),
            options={"nesterov": True},
            steps=600,
        )
    ],
    source=OWN,
    refuses=false_if("up to 2·(1 + μ)/lr, as the heavy ball", limit=2 * (1 + mu) / lr),
)

root = Symbol("root", positive=True)
frozen = adam(bias_correction=False).replace({weight_decay: 0, v: root**2, beta2: 1})
"""Adam whose second moment stays root²."""

frozen_adam_is_stable_up_to_38_over_lr = Threshold(
    "On a quadratic, Adam with a second moment that stays where it is, so that it divides by P = √v + eps, is stable "
    "up to h = (2 + 2·β1)·P/((1 − β1)·lr): 38·P/lr at β1 = 0.9.",
    frozen,
    (2 + 2 * beta1) * (root + eps) / ((1 - beta1) * lr),
    over={beta1: unit},
    source=Source(EDGE, "stability threshold of frozen Adam"),
    predicts=[
        StableUpTo(rule, large_eps, (2 + 2 * beta1) * eps / ((1 - beta1) * lr), start=1e-9, steps=400)
        for rule in (adam(), adamw())
    ],
    refuses=false_if("up to 2·P/lr", limit=2 * (root + eps) / lr),
)

s, q, y = (Symbol(name, positive=True) for name in "sqy")
_ball = later().replace({dampening: 0, g: h * x})
x_1, x_2 = Symbol("x_1"), Symbol("x_2")
_balls = {end: Run(_ball, k, x, [g] * k, {b: b}, first=2) for k, end in enumerate((x_1, x_2), start=1)}
"""The heavy ball on a quadratic of curvature h, from any weight and buffer."""


def polynomial(at: Expr, friction: Expr, curvature: Expr) -> Expr:
    """The heavy ball's characteristic polynomial at curvature q = lr·h."""
    return at**2 - (1 + friction - curvature) * at + friction


_recurs = {x_2 - (1 + mu - lr * h) * x_1 + mu * x: Integer(0)}
"""What makes it that: z² for the weight two steps on, z for one step on."""

best = ((1 - s) / (1 + s)) ** 2
between = 4 * (s**2 + y) / ((1 + s) ** 2 * (1 + y))
"""Any curvature between the two ends, as y goes from 0 to infinity."""

heavy_ball_at_its_best = Inequality(
    "On curvatures from s²·L to L, the heavy ball with √μ = (1 − s)/(1 + s) and lr·L = 4/(1 + s)² has the spectral "
    "radius √μ on all of them: both ends have the double root ±√μ, those between have two complex roots of size √μ. "
    "(So weights shrink as √μⁿ in the long run, at the ends as n·√μⁿ; the first steps may grow.)",
    {
        **_recurs,
        polynomial(z, best, 4 / (1 + s) ** 2): (z + (1 - s) / (1 + s)) ** 2,
        polynomial(z, best, 4 * s**2 / (1 + s) ** 2): (z - (1 - s) / (1 + s)) ** 2,
    },
    greater={4 * best: (1 + best - between) ** 2},
    over={s: unit},
    runs=_balls,
    source=Source("Polyak 1964", "heavy ball, optimal parameters"),
    refuses=false_if("√μ = 1 − s", equations={
        polynomial(z, (1 - s) ** 2, 4 / (1 + s) ** 2): (z + 1 - s) ** 2,
    }, greater={}),
)  # fmt: skip

radius, share = Symbol("r", positive=True), Symbol("w", positive=True)
friction = radius**2 * share
least = (1 - radius) * (radius - friction) / ((1 + radius) * (radius + friction))

no_heavy_ball_is_faster = Inequality(
    "No lr and μ ≥ 0 give the heavy ball a smaller spectral radius on curvatures from s²·L to L. If all roots have "
    "size at most r < 1, then μ ≤ r², p(r) ≥ 0 at q = lr·s²·L and p(−r) ≥ 0 at q = lr·L, so s² ≥ (1 − r)·(r − μ)/((1 + "
    "r)·(r + μ)) ≥ ((1 − r)/(1 + r))²: r ≥ (1 − s)/(1 + s).",
    {
        **_recurs,
        polynomial(radius, friction, q): q * radius - (1 - radius) * (radius - friction),
        polynomial(-radius, friction, q): (1 + radius) * (radius + friction) - q * radius,
    },
    greater={least: ((1 - radius) / (1 + radius)) ** 2},
    over={radius: unit, share: unit},
    runs=_balls,
    strict=False,
    source=OWN,
    refuses=false_if("s² ≥ (1 − r)/(1 + r)", greater={least: (1 - radius) / (1 + radius)}),
)

A = Symbol("A", positive=True)
_turning = 2 * A * (1 + beta1) / (1 - beta1)
_cycle = {x: A, m: -(1 - beta1) / (1 + beta1) * h * A, v: (h * A) ** 2, g: h * A}
_bare = adam(bias_correction=False).replace({weight_decay: 0, eps: 0})
_on_it = _bare.replace({lr: _turning})
new_x, new_m, new_v = Symbol("x'"), Symbol("m'"), Symbol("v'")

adam_cycles_at_38_over_lr = Identity(
    "On a quadratic, Adam (eps = 0, bias correction faded) has an exact cycle x = A, −A, A, … with A = lr·(1 − "
    "β1)/(2·(1 + β1)), whatever β2. On it h/√v = (2 + 2·β1)/((1 − β1)·lr), the limit of stability of frozen Adam.",
    {
        new_x: -A,
        new_m: -_cycle[m],
        new_v: _cycle[v],
        h / sqrt(_cycle[v]): (2 + 2 * beta1) / ((1 - beta1) * _turning),
    },
    runs={end: any_step(_on_it, read, _cycle) for end, read in ((new_x, x), (new_m, m), (new_v, v))},
    source=Source(EDGE, "38/lr, made exact"),
    refuses=false_if("h/√v = 2/lr", equations={h / sqrt(_cycle[v]): 2 / _turning}),
)


adam_does_not_settle_on_its_cycle = Repulsion(
    "For 1/3 < β1 < 1, whatever β2 in (0, 1), that cycle repels in at least one direction: a step and a reflection "
    "have, near it, a characteristic polynomial p of degree 3 with p(0) = −β1·β2 < 0 < p(β1·β2), so one root lies "
    "between 0 and β1·β2 and the product of the others is above 1. So Adam on a quadratic does not settle at 38/lr, "
    "unless it starts where nothing pushes it off.",
    _on_it,
    cycle={x: A, m: _cycle[m], v: _cycle[v]},
    turned=(x, m),
    polynomial=z**3
    + (1 - beta1 - 3 * beta2) * z**2
    + (3 * beta1 + beta2 - beta1 * beta2) * z
    - beta1 * beta2,
    beyond=beta1 * beta2,
    over={beta1: (Rational(1, 3), 1), beta2: unit},
    source=Source(EDGE, "38/lr, refuted as a law for a quadratic"),
    refuses=false_if("for all β1 > 0", over={beta1: unit, beta2: unit}),
)

u, R, Q, x_0 = (Symbol(name, real=True) for name in ("u", "R", "Q", "x0"))
_sgd = sgd().replace({weight_decay: 0, momentum: 0})
_regret = {R: (0, R + g * (x - u)), Q: (0, Q + g**2)}

regret_of_gradient_descent = Invariant(
    "Whatever the gradients, the regret Σ g_t·(x_t − u) of SGD against any u is exactly ((x₀ − u)² − (x_n − "
    "u)²)/(2·lr) + lr/2·Σ g_t².",
    _sgd,
    {R: ((x_0 - u) ** 2 - (x - u) ** 2) / (2 * lr) + lr / 2 * Q},
    beside=_regret,
    start={x: x_0},
    source=Source("Zinkevich 2003", "online gradient descent; the identity behind its bound"),
    refuses=false_if("with lr·Σ g_t²", holds={R: ((x_0 - u) ** 2 - (x - u) ** 2) / (2 * lr) + lr * Q}),
)

width, slope, rounds = (Symbol(name, positive=True) for name in ("D", "G", "T"))
_bound = width**2 / (2 * lr) + lr / 2 * rounds * slope**2

regret_is_at_most_dg_root_t = Identity(
    "If |x₀ − u| ≤ D and |g_t| ≤ G, the regret after T steps is at most D²/(2·lr) + lr·T·G²/2, which exceeds D·G·√T by "
    "the square (D − lr·G·√T)²/(2·lr): this bound is D·G·√T at lr = D/(G·√T), and larger at any other lr.",
    {_bound - width * slope * sqrt(rounds): (width - lr * slope * sqrt(rounds)) ** 2 / (2 * lr)},
    source=Source("Zinkevich 2003", "regret of online gradient descent, with the best constant lr"),
    refuses=false_if("half of that", equations={
        _bound - width * slope * sqrt(rounds) / 2: (width - lr * slope * sqrt(rounds)) ** 2 / (2 * lr),
    }),
)  # fmt: skip
