"""Ano (arXiv:2508.18258): the gradient's size, the way of its average."""

from sympy import Abs, Symbol, sign, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x

v = Symbol("v", real=True)
"""Never negative, for with β₂ ≥ 1/2 it loses less than it has; no sign of its terms says so."""

DOMAINS = {beta2: Domain((0.9, 0.6, 0.5, 0.95, 0.99, 0.999, 0.9999), low=0.5, high=1.0)}

V = Symbol("v_hat")

DEFAULTS = {lr: 1e-4, beta1: 0.92, beta2: 0.99, weight_decay: 0.0, eps: 1e-8}


@family(spellings=SPELLINGS, words=WORDS)
def ano(*, decouple: bool = True, decay: Decay = "lr*wd") -> Rule:
    """|g|·sign(m)/(√v̂ + eps), with a v that fades and grows or shrinks by (1 − β₂)·g² as g² is above or below it."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * sign(g_t**2 - v) * g_t**2
    v_hat = v_t / (1 - beta2**t)
    return Rule(
        "ano",
        x=(shrunk(x, decay) if decouple else x) - lr * Abs(g_t) * sign(m_t) / (sqrt(v_hat) + eps),
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:2508.18258", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
        domains=DOMAINS,
        names={V: v_hat},
    )
