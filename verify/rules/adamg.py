"""AdamG (arXiv:2405.04376): Adam whose steps are scaled by a power of their own second moments."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, eps, g, lr, m, t, v, weight_decay, x

p, q = Symbol("p", positive=True), Symbol("q", positive=True)
r = Symbol("r", nonnegative=True)

DEFAULTS = {lr: 1.0, beta1: 0.95, beta2: 0.999, beta3: 0.95, p: 0.2, q: 0.24, weight_decay: 0.0, eps: 1e-8}
DOMAINS = {
    beta3: WEIGHT,
    p: Domain((0.5, 0.2, 0.1), open_low=True),
    q: Domain((0.5, 0.24, 0.3), open_low=True),
}


@family(spellings=SPELLINGS, words=WORDS)
def adamg(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """An average of r·g over √v̂ + eps, r an average of p·v^q; the rate is 1/√t at most."""
    g_t = g if decouple else l2_gradient()
    v_t = beta2 * v + (1 - beta2) * g_t**2
    r_t = beta3 * r + (1 - beta3) * p * v_t**q
    m_t = beta1 * m + (1 - beta1) * r_t * g_t
    step = m_t / (1 - beta1**t) / (sqrt(v_t / (1 - beta2**t)) + eps)
    return Rule(
        "adamg",
        x=(shrunk(x, decay) if decouple else x) - Min(lr, 1 / sqrt(t)) * step,
        state={m: m_t, v: v_t, r: r_t},
        defaults=with_start(DEFAULTS, decay),
        domains=DOMAINS,
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source("arXiv:2405.04376", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
    )
