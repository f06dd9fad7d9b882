"""AdEMAMix (arXiv:2409.03137): Adam with a second, slow average of the gradients."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, eps, g, lr, m, t, v, weight_decay, x

slow = Symbol("m_slow", real=True)
alpha = Symbol("alpha", positive=True)  # no weight in an average, as others' alpha is
G, M, V = Symbol("g_t"), Symbol("m_hat"), Symbol("v_hat")

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, beta3: 0.9999, alpha: 2.0, eps: 1e-8, weight_decay: 0.0}
DOMAINS = {alpha: Domain((2.0, 0.5, 5.0, 8.0), open_low=True), beta3: WEIGHT}


@family(spellings=SPELLINGS, words=WORDS)
def ademamix(*, decouple: bool = True, decay: Decay = "lr*wd") -> Rule:
    """Adam's direction plus alpha times an average that forgets slowly and is not corrected, over the same root.

    alpha and β3 as they are, without the paper's warm-up, which is off by default in the authors' code too.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    slow_t = beta3 * slow + (1 - beta3) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    decayed = shrunk(x, decay) if decouple else x
    return Rule(
        "ademamix",
        x=decayed - lr * (m_hat + alpha * slow_t) / (sqrt(v_hat) + eps),
        state={m: m_t, slow: slow_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        domains=DOMAINS,
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source("arXiv:2409.03137", "Algorithm 1, from memory", checked="apple/ml-ademamix@e7327151bb"),
        names={G: g_t, M: m_hat, V: v_hat},
    )
