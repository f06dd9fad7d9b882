"""DualAdam: Adam, mixed in its first steps with what multiplies by the root where Adam divides."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import IfPositive

fading = Symbol("switch_rate", positive=True)
SHARE, ROOT = Symbol("r_t"), Symbol("d_t")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, fading: 1e-2, weight_decay: 0.0, eps: 1e-8}


@family(spellings=SPELLINGS, words=WORDS)
def dualadam(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """m̂·((1 − r)/d + r·d) with d = √v̂ + eps; r falls from 1 by `switch_rate` in each step, and ends before it would be
    less than that.
    """
    g_t = g if decouple else l2_gradient()
    m_t, v_t = beta1 * m + (1 - beta1) * g_t, beta2 * v + (1 - beta2) * g_t**2
    d_t = sqrt(v_t / (1 - beta2**t)) + eps
    left = 1 - fading * t
    share = IfPositive(fading - left, 0, left)
    return Rule(
        "dualadam",
        x=(shrunk(x, decay) if decouple else x)
        - lr * m_t / (1 - beta1**t) * ((1 - share) / d_t + share * d_t),
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        domains={fading: Domain((0.3, 0.15, 1e-2, 0.4), high=1.0, open_low=True)},
        source=Source("pytorch-optimizer 4.1.0", "DualAdam", checked="pytorch-optimizer 4.1.0"),
        names={SHARE: share, ROOT: d_t},
    )
