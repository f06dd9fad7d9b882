"""Schedule-free RAdam (arXiv:2405.15682): its rectification takes a warm-up's place."""

from typing import Literal

from sympy import Gt, Piecewise, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, t, v, weight_decay, x
from lawful.verify.rules.adamw_schedulefree import interpolated, power, r
from lawful.verify.rules.radam import RECTIFICATION, RHO_T

DEFAULTS = {lr: 2.5e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, r: 0.0, power: 2.0}
DOMAINS = {beta2: Domain((0.9, 0.8, 0.95, 0.99, 0.999, 0.9999), low=0.7, high=1.0)}
"""With β₂ ≤ 3/5, ρ stays below 4 for ever, and nothing is adapted."""

WORDS: Words = {
    "early": {
        "nothing": "no step where nothing is adapted",
        "gradient": "plain steps where nothing is adapted",
    }
}
SPELLED: Spellings = {"early": {"silent_sgd_phase": {"nothing": True, "gradient": False}}}


@family(words=WORDS, spellings=SPELLED)
def radam_schedulefree(*, early: Literal["nothing", "gradient"] = "nothing") -> Rule:
    """The rate is rectified; until ρ > 4 it is 0, or, if told so, lr along the gradient as it is."""
    v_t = beta2 * v + (1 - beta2) * g**2
    adapts = Gt(RHO_T, 4)
    plain, along = (0, 0) if early == "nothing" else (1, g)
    rate = lr * Piecewise((RECTIFICATION, adapts), (plain, True))
    u_t = Piecewise((g / (sqrt(v_t / (1 - beta2**t)) + eps), adapts), (along, True)) + weight_decay * x
    return interpolated(
        "radam_schedulefree", u_t, rate, beta1, state={v: v_t}, defaults=DEFAULTS, domains=DOMAINS
    )
