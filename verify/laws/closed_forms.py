"""Adam on simple gradients: closed forms of its first step, and on constant and alternating gradients."""

from sympy import Integer, Rational, Symbol, sign, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import alpha, beta1, beta2, eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.laws.step_size import bare, exact
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.claims import Run, g1, n
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.rmsprop import rmsprop
from lawful.verify.theory.inductions import Equivalence, Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Moves
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Identity, Inequality

PAPER = "arXiv:1412.6980"
OWN = Source("lawful", "derived here; the statement is elementary")

plain = adam().replace({weight_decay: 0})
undecayed = {lr: 0.5, eps: 2.0**-10, weight_decay: 0.0}
"""A run in which every term of the step shows."""

c = Symbol("c", positive=True)
x_1, x_0 = Symbol("x_1"), Symbol("x0", real=True)

first_step_of_adam = Identity(
    "Adam's first step is −lr·g/(|g| + eps), whatever the betas below 1, where |g| + eps is not 0.",
    {x_1 - x: -lr * g1 / (abs(g1) + eps)},
    runs={x_1: Run(plain, 1)},
    source=Source(PAPER, "Algorithm 1 at t = 1"),
    predicts=[
        Moves(rule, undecayed, lane, x - lr * lane / (abs(lane) + eps), steps=1) for rule in (adam(), adamw())
    ],
    refuses=false_if(
        "without bias correction", runs={x_1: Run(adam(bias_correction=False).replace({weight_decay: 0}), 1)}
    ),
)

constant_gradients_move_adam_by_lr = Invariant(
    "On a constant gradient c > 0, m = (1 − β1ⁿ)·c and v = (1 − β2ⁿ)·c² for betas below 1: every step of Adam is "
    "lr·c/(c + eps), lr at eps = 0. Consistently large gradients do not get smaller steps.",
    plain.replace({g: c}),
    {m: (1 - beta1**n) * c, v: (1 - beta2**n) * c**2, x: x_0 - n * lr * c / (c + eps)},
    start={x: x_0},
    source=Source(PAPER, "§3, made exact"),
    refuses=false_if("v = (1 − β2ⁿ)·c", holds={v: (1 - beta2**n) * c}),
    predicts=[Moves(rule, undecayed, lane, x - lr * lane / (abs(lane) + eps)) for rule in (adam(), adamw())],
)

swing = (1 - beta1) / (1 + beta1) * ((-1) ** t - beta1**t) / (1 - beta1**t)
"""m̂/√v̂ at step t on −1, 1, −1, …"""

alternating_gradients_move_adam_less = Invariant(
    "On the gradients −c, c, −c, …, m = (1 − β1)/(1 + β1)·((−1)ⁿ − β1ⁿ)·c and v = (1 − β2ⁿ)·c²: after bias correction "
    "every even step of Adam has size lr·(1 − β1)/(1 + β1) exactly (eps = 0).",
    bare.replace({g: (-1) ** t * c}),
    {m: (1 - beta1) / (1 + beta1) * ((-1) ** n - beta1**n) * c, v: (1 - beta2**n) * c**2},
    source=OWN,
    refuses=false_if("(1 − β1)·(−1)ⁿ·c", holds={m: (1 - beta1) * (-1) ** n * c}),
    predicts=[Moves(adam(), exact, (-1) ** t * lane, x - lr * swing * sign(lane))],
)

raw = adam(bias_correction=False).replace({weight_decay: 0, eps: 0})
"""Adam without bias correction."""

new_x, x_11, x_12 = Symbol("x'"), Symbol("x_11"), Symbol("x_12")
_before = {m: (1 - beta1 ** (t - 1)) * c, v: (1 - beta2 ** (t - 1)) * c**2, g: c}


def at_defaults(rule: Rule) -> dict[Symbol, Run]:
    """x after 11 steps and after 12 on gradients 1, at the default betas, in units of lr."""
    usual = rule.replace({lr: 1, beta1: Rational(9, 10), beta2: Rational(999, 1000)})
    return {end: Run(usual, k, x, [Integer(1)] * 12, {x: Integer(0)}) for end, k in ((x_11, 11), (x_12, 12))}


uncorrected_steps_start_too_long = Inequality(
    "Without bias correction and at eps = 0, step t of Adam on a constant gradient c > 0 has size lr·(1 − β1ᵗ)/√(1 − "
    "β2ᵗ). The first is lr·(1 − β1)/√(1 − β2), at β = (0.9, 0.999) more than 3.16·lr, and the 12th is there between "
    "6.56·lr and 6.57·lr.",
    {
        (x - new_x) ** 2: lr**2 * (1 - beta1**t) ** 2 / (1 - beta2**t),
        x - x_1: lr * (1 - beta1) / sqrt(1 - beta2),
    },
    where={new_x: at(raw.x, _before)},
    greater={
        (x_11 - x_12) ** 2: Rational(656, 100) ** 2,
        Rational(657, 100) ** 2: (x_11 - x_12) ** 2,
        Rational(1, 10) ** 2 / Rational(1, 1000): Rational(316, 100) ** 2,
    },
    runs={x_1: Run(raw, 1, x, [c]), **at_defaults(raw)},
    source=OWN,
    refuses=false_if("with bias correction", runs={x_1: Run(bare, 1, x, [c]), **at_defaults(bare)}),
)

mean, noise = Symbol("c", real=True), Symbol("sigma", positive=True)
v_up, v_down = Symbol("v_up"), Symbol("v_down")
_noisy = {end: Run(raw, 1, v, [mean + way * noise], {v: v}) for end, way in ((v_up, 1), (v_down, -1))}

multiplier_falls_with_mean_and_noise = Identity(
    "Under gradients c ± σ with equal chance, Adam's v tends on average to c² + σ², by the factor β2 in every step. "
    "Where v has stayed there (β1 = 0, eps = 0, no bias correction), a gradient g moves the weight by lr·g/√(c² + σ²): "
    "the multiplier falls with the mean and with the noise.",
    {
        (v_up + v_down) / 2 - (mean**2 + noise**2): beta2 * (v - (mean**2 + noise**2)),
        x - x_1: lr * g1 / sqrt(mean**2 + noise**2),
    },
    runs={**_noisy, x_1: Run(raw.replace({beta1: 0, beta2: 1, v: mean**2 + noise**2}), 1)},
    source=OWN,
    refuses=false_if("with the noise alone", equations={
        (v_up + v_down) / 2 - noise**2: beta2 * (v - noise**2),
    }),
)  # fmt: skip

adam_without_momentum_is_rmsprop = Equivalence(
    "With β1 = 0, and eps added to the root before its bias correction, Adam is RMSprop with alpha = β2 whose lr is "
    "multiplied by √(1 − β2^t).",
    adam(eps="hat").replace({beta1: 0, weight_decay: 0}),
    rmsprop().replace({momentum: 0, weight_decay: 0, alpha: beta2, lr: lr * sqrt(1 - beta2**t)}),
    source=Source(PAPER, "§5, made exact"),
    refuses=false_if("at the same lr", right=rmsprop().replace({momentum: 0, weight_decay: 0, alpha: beta2})),
)
