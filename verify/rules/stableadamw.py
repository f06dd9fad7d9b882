"""StableAdamW (arXiv:2304.13013): AdamW whose rate is less where a gradient is more than its second moment says."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import WORDS as DECAYS
from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import Total, n

M, V, RATE = Symbol("m_hat"), Symbol("v_hat"), Symbol("eta_t")

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weight_decay: 1e-2}


@family(words=DECAYS)
def stableadamw(*, decouple: bool = True) -> Rule:
    """AdamW by lr/max(1, RMS), of each tensor the root of the mean of g²/max(v̂, eps²); decay goes by that rate too."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    rate = lr / Max(1, sqrt(Total(g_t**2 / Max(v_hat, eps**2)) / n))
    decayed = x * (1 - rate * weight_decay) if decouple else x
    return Rule(
        "stableadamw",
        x=decayed - rate * m_hat / (sqrt(v_hat) + eps),
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source("arXiv:2304.13013", "Algorithm 2, from memory", checked="torch-optimi 0.3.3"),
        names={M: m_hat, V: v_hat, RATE: rate},
    )
