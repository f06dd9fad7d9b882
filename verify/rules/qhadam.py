"""QHAdam (arXiv:1810.06801): Adam whose averages are mixed with the present gradient and its square."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules.qhm import NU

nu1, nu2 = Symbol("nu1", nonnegative=True), Symbol("nu2", nonnegative=True)
G, FIRST, SECOND = Symbol("g_t"), Symbol("m_hat"), Symbol("v_hat")

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, nu1: 1.0, nu2: 1.0, eps: 1e-8, weight_decay: 0.0}


@family(spellings=SPELLINGS, words=WORDS)
def qhadam(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """Adam with ν₁ of the first average and ν₂ of the second, the rest being the gradient and its square.

    Both averages are corrected, as in the authors' code, whose weights 1/(1 + β + β² + …) are another way to say it.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    first = (1 - nu1) * g_t + nu1 * m_t / (1 - beta1**t)
    second = (1 - nu2) * g_t**2 + nu2 * v_t / (1 - beta2**t)
    return Rule(
        "qhadam",
        x=(shrunk(x, decay) if decouple else x) - lr * first / (sqrt(second) + eps),
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        domains={nu1: NU, nu2: NU},
        tuples={"nus": (nu1, nu2)},
        source=Source(
            "arXiv:1810.06801", "Algorithm 2, from memory", checked="facebookresearch/qhoptim@297fa0926d"
        ),
        names={G: g_t, FIRST: first, SECOND: second},
    )
