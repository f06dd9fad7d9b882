"""Adam on simple gradients: closed forms of its first step, and on constant and alternating gradients."""

from sympy import Symbol, sign, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import alpha, beta1, beta2, eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.laws.step_size import bare, exact
from lawful.verify.provers.claims import Run, g1, n
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.rmsprop import rmsprop
from lawful.verify.theory.inductions import Equivalence, Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Moves
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Identity

PAPER = "arXiv:1412.6980"
OWN = Source("lawful", "derived here; the statement is elementary")

plain = adam().replace({weight_decay: 0})
undecayed = {lr: 0.5, eps: 2.0**-10, weight_decay: 0.0}
"""A run in which every term of the step shows."""

c = Symbol("c", positive=True)
x_1, x_0 = Symbol("x_1"), Symbol("x0", real=True)

first_step_of_adam = Identity(
    "Adam's first step is −lr·g/(|g| + eps), whatever the betas.",
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
    "On a constant gradient c > 0, m = (1 − β1ⁿ)·c and v = (1 − β2ⁿ)·c²: every step of Adam is lr·c/(c + eps), lr at "
    "eps = 0. Consistently large gradients do not get smaller steps.",
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

adam_without_momentum_is_rmsprop = Equivalence(
    "With β1 = 0, and eps added to the root before its bias correction, Adam is RMSprop with alpha = β2 whose lr "
    "is multiplied by √(1 − β2^t).",
    adam(eps="hat").replace({beta1: 0, weight_decay: 0}),
    rmsprop().replace({momentum: 0, weight_decay: 0, alpha: beta2, lr: lr * sqrt(1 - beta2**t)}),
    source=Source(PAPER, "§5, made exact"),
    refuses=false_if("at the same lr", right=rmsprop().replace({momentum: 0, weight_decay: 0, alpha: beta2})),
)
