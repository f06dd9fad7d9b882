"""EXAdam (arXiv:2412.20302): Adam with two debiasing factors more, and the present gradient beside the average."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x

D1, D2 = Symbol("d1_t"), Symbol("d2_t")

DEFAULTS = {lr: 1e-4, beta1: 0.9, beta2: 0.999, weight_decay: 0.0, eps: 1e-8}


@family(spellings=SPELLINGS, words=WORDS)
def exadam(*, decouple: bool = True, decay: Decay = "lr*wd") -> Rule:
    """d₁·(m + g)/(1 − β₁ᵗ) over √(d₂·v̂) + eps, d₁ = 1 + β₂ᵗ·v/(v + eps) and d₂ = 1 + β₁ᵗ·m²/(m² + eps)."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    d1 = 1 + beta2**t * v_t / (v_t + eps)
    d2 = 1 + beta1**t * m_t**2 / (m_t**2 + eps)
    step = d1 * (m_t + g_t) / (1 - beta1**t) / (sqrt(d2 * v_t / (1 - beta2**t)) + eps)
    return Rule(
        "exadam",
        x=(shrunk(x, decay) if decouple else x) - lr * step,
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:2412.20302", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
        names={D1: d1, D2: d2},
    )
