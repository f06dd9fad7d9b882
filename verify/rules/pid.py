"""PID (An et al., CVPR 2018): SGD that weighs the sum of its errors and their change."""

from typing import Literal

from sympy import Eq, Gt, Piecewise, Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import dampening, g, lr, momentum, t, weight_decay, x
from lawful.verify.rules.sgd import BUFFER

total, change, before = (Symbol(name, real=True) for name in ("i_buf", "d_buf", "g_prev"))
ki, kd = Symbol("integral", nonnegative=True), Symbol("derivative", nonnegative=True)

DEFAULTS = {lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, ki: 5.0, kd: 10.0}
DOMAINS = {ki: Domain((0.7, 5.0, 0.0)), kd: Domain((0.5, 10.0, 0.0))}
FIRST: Words = {
    "first_gradient": {
        "forgotten": "a change of 0, and then all of the second gradient",
        "kept": "a change of 0",
    }
}
First = Literal["undamped", "damped"]


@family(spellings=SPELLINGS, words={**WORDS, **FIRST, "first_step": BUFFER["first_step"]})
def pid(
    *,
    decouple: bool = False,
    decay: Decay = "lr*wd",
    first_step: First = "undamped",
    first_gradient: Literal["forgotten", "kept"] = "forgotten",
) -> Rule:
    """The gradient, plus `integral` times its momentum, plus `derivative` times an average of its change.

    The authors' code forgets the first gradient, so that the second step takes all of the second for a change.
    """
    g_t = g if decouple else l2_gradient()
    damped = momentum * total + (1 - dampening) * g_t
    total_t = Piecewise((g_t, Eq(t, 1)), (damped, True)) if first_step == "undamped" else damped
    changed = momentum * change + (1 - momentum) * (g_t - before)
    change_t = Piecewise((0, Eq(t, 1)), (changed, True))
    kept = Piecewise((0, Eq(t, 1)), (g_t, True)) if first_gradient == "forgotten" else g_t
    u_t = g_t + ki * total_t + kd * change_t
    return Rule(
        "pid",
        x=(shrunk(x, decay) if decouple else x) - lr * Piecewise((u_t, Gt(momentum, 0)), (g_t, True)),
        state={total: total_t, change: change_t, before: kept},
        defaults=with_start(DEFAULTS, decay),
        domains=DOMAINS,
        source=Source("An et al., CVPR 2018", "equation 10, from memory", checked="torch-optimizer 0.3.0"),
    )
