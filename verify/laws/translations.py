"""Conventions that are settings: what a form of a rule does, another does at other hyperparameters."""

from sympy import Symbol, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import b, beta2, dampening, eps, lr, momentum, weight_decay
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.adamprox import adamprox
from lawful.verify.rules.nadam import nadam
from lawful.verify.rules.qhm import nu, qhm
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import false_if

OWN = Source("lawful", "derived here; the statement is elementary")
mu, kept = Symbol("momentum", positive=True), Symbol("kept", positive=True)

adamprox_is_adamw_at_another_lr = Equivalence(
    "While lr·wd < 1 is constant, AdamProx at lr/(1 − lr·wd), with the same wd, is AdamW.",
    adamw(),
    adamprox().replace({lr: lr / (1 - lr * weight_decay)}),
    source=OWN,
    refuses=false_if("at the same lr", right=adamprox()),
)

decay_after_the_step_is_another_lr_and_wd = Equivalence(
    "AdamW that decays the updated weight is AdamW that decays the old one, at lr·(1 − lr·wd) and wd/(1 − lr·wd).",
    adamw(decay_order="after"),
    adamw().replace({lr: lr * (1 - lr * weight_decay), weight_decay: weight_decay / (1 - lr * weight_decay)}),
    source=OWN,
    refuses=false_if("at the same wd", right=adamw().replace({lr: lr * (1 - lr * weight_decay)})),
)

damped_momentum = sgd(first_step="damped").replace({momentum: mu, dampening: 1 - kept})

momentum_as_an_average_is_another_lr = Equivalence(
    "SGD whose buffer averages from the first step on, d being its dampening, is SGD without dampening at lr·(1 − d), "
    "for momentum > 0 (kept = 1 − d).",
    damped_momentum,
    damped_momentum.replace({kept: 1, lr: lr * kept}),
    under={b: b / kept},
    source=OWN,
    refuses=false_if("at the same lr", right=damped_momentum.replace({kept: 1})),
)

look_ahead = sgd(nesterov=True, first_step="damped").replace({dampening: 0})

nesterov_is_qhm = Equivalence(
    "SGD with Nesterov's look-ahead and momentum μ < 1 is QHM with ν = μ at lr/(1 − μ).",
    look_ahead,
    qhm().replace({nu: momentum, lr: lr / (1 - momentum)}),
    under={b: b * (1 - momentum)},
    source=Source("arXiv:1810.06801", "§4.1: Nesterov's momentum as a case of QHM; the proof is our own"),
    refuses=false_if("with ν = 1", right=qhm().replace({nu: 1, lr: lr / (1 - momentum)})),
)

nadams_factor_is_another_lr_and_eps = Equivalence(
    "NAdam that divides by the root of β2·v is NAdam that divides by the root of v, at lr/√β2 and eps/√β2, β2 > 0.",
    nadam(momentum="constant", second="beta2*v").replace({beta2: (some := Symbol("beta2", positive=True))}),
    nadam(momentum="constant").replace({beta2: some, lr: lr / sqrt(some), eps: eps / sqrt(some)}),
    source=OWN,
    refuses=false_if(
        "at the same eps", right=nadam(momentum="constant").replace({beta2: some, lr: lr / sqrt(some)})
    ),
)
