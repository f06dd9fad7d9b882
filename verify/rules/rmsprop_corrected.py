"""RMSprop with Adam's bias correction, which is Adam without an average of gradients."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta2, eps, g, lr, t, v, weight_decay, x

G, V = Symbol("g_t"), Symbol("v_hat")
DEFAULTS = {lr: 2.5e-3, beta2: 0.99, eps: 1e-6, weight_decay: 0.0}


@family(words=WORDS)
def rmsprop_corrected(*, decouple: bool = True) -> Rule:
    """x ← x − lr·g/(√v̂ + eps)."""
    g_t = g if decouple else l2_gradient()
    v_t = beta2 * v + (1 - beta2) * g_t**2
    v_hat = v_t / (1 - beta2**t)
    return Rule(
        "rmsprop_corrected",
        x=(shrunk(x) if decouple else x) - lr * g_t / (sqrt(v_hat) + eps),
        state={v: v_t},
        defaults=DEFAULTS,
        source=Source("heavyball 3.2.1", "RMSprop, documented as debiased", checked="heavyball 3.2.1"),
        names={G: g_t, V: v_hat},
    )
