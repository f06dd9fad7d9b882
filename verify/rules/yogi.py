"""Yogi (Zaheer et al. 2018): Adam whose second moment moves by (1 − β2)·g², whichever way it goes."""

from typing import Literal

from sympy import Symbol, sign, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x

start = Symbol("initial_accumulator", nonnegative=True)
v = Symbol("v", real=True)
"""Never negative where it starts so, for what it loses is less than it has; no sign of its terms says so."""

G, M, V = Symbol("g_t"), Symbol("m_hat"), Symbol("v_hat")

DEFAULTS = {lr: 1e-2, beta1: 0.9, beta2: 0.999, start: 1e-6, eps: 1e-3, weight_decay: 0.0}
STARTS: Words = {
    "first_moment": {
        "accumulator": "a first moment that starts as the second does",
        "zero": "a first moment from 0",
    }
}


@family(spellings=SPELLINGS, words={**WORDS, **STARTS})
def yogi(
    *,
    decouple: bool = False,
    decay: Literal["lr*wd", "wd"] = "lr*wd",
    first_moment: Literal["accumulator", "zero"] = "accumulator",
) -> Rule:
    """v ← v − (1 − β2)·sign(v − g²)·g², from a small v; eps is larger than Adam's.

    The ports start both moments at that value, after TensorFlow's, and correct both; optax starts the first at 0.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = v - (1 - beta2) * sign(v - g_t**2) * g_t**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    return Rule(
        "yogi",
        x=(shrunk(x, decay) if decouple else x) - lr * m_hat / (sqrt(v_hat) + eps),
        state={m: m_t, v: v_t},
        init={v: start, **({m: start} if first_moment == "accumulator" else {})},
        defaults=DEFAULTS,
        domains={start: Domain((0.1, 1e-6, 1e-3, 0.0))},
        source=Source(
            "Zaheer et al., NeurIPS 31 (2018)", "Algorithm 2, from memory", checked="torch-optimizer 0.3.0"
        ),
        names={G: g_t, M: m_hat, V: v_hat},
    )
