"""AdaBelief (arXiv:2010.07468): Adam that divides by the variance of the gradient around its average."""

from typing import Literal

from sympy import Symbol, sqrt

from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x
from lawful.verify.rules._decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start

s = Symbol("s", nonnegative=True)

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-16, weight_decay: 0.0}
G, M, S = Symbol("g_t"), Symbol("m_hat"), Symbol("s_hat")


PLACE: Words = {
    "eps_place": {"accumulated": "eps accumulated in the variance", "at use": "eps outside the root alone"}
}


@family(spellings=SPELLINGS, words={**WORDS, **PLACE})
def adabelief(
    *,
    decouple: bool = True,
    decay: Decay = "lr*wd",
    eps_place: Literal["accumulated", "at use"] = "accumulated",
) -> Rule:
    """The authors' code and text: eps joins s in every step, and so accumulates, and is added outside the root too."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    s_t = beta2 * s + (1 - beta2) * (g_t - m_t) ** 2 + (eps if eps_place == "accumulated" else 0)
    m_hat, s_hat = m_t / (1 - beta1**t), s_t / (1 - beta2**t)
    return Rule(
        "adabelief",
        x=(shrunk(x, decay) if decouple else x) - lr * m_hat / (sqrt(s_hat) + eps),
        state={m: m_t, s: s_t},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:2010.07468", "Algorithm 2"),
        names={G: g_t, M: m_hat, S: s_hat},
    )
