"""AdaBelief (arXiv:2010.07468): Adam that divides by the variance of the gradient around its average."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x
from lawful.verify.rules.adam import denominator
from lawful.verify.rules.radam import RECTIFICATION, RHO_T

s = Symbol("s", nonnegative=True)

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-16, weight_decay: 0.0}
G, M, S = Symbol("g_t"), Symbol("m_hat"), Symbol("s_hat")


PLACE: Words = {
    "eps_place": {"accumulated": "eps accumulated in the variance", "at use": "eps outside the root alone"},
    "rectify": {False: "no rectification", True: "RAdam's rectification"},
}


@family(spellings=SPELLINGS, words={**WORDS, **PLACE})
def adabelief(
    *,
    decouple: bool = True,
    decay: Decay = "lr*wd",
    eps_place: Literal["accumulated", "at use"] = "accumulated",
    rectify: bool = False,
) -> Rule:
    """The authors' code and text: eps joins s in every step, and so accumulates, and is added outside the root too.

    Their released class rectifies as RAdam does unless told otherwise, which their experiments did not: momentum alone
    where ρ_t is below 5, eps outside the uncorrected root from there on.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    s_t = beta2 * s + (1 - beta2) * (g_t - m_t) ** 2 + (eps if eps_place == "accumulated" else 0)
    m_hat, s_hat = m_t / (1 - beta1**t), s_t / (1 - beta2**t)
    step = m_hat / (sqrt(s_hat) + eps)
    if rectify:
        adapted = RECTIFICATION * m_hat / denominator(s_t, 1 - beta2**t, "hat")
        step = Piecewise((adapted, Gt(RHO_T, 5)), (m_hat, True))
    return Rule(
        "adabelief",
        x=(shrunk(x, decay) if decouple else x) - lr * step,
        state={m: m_t, s: s_t},
        defaults=with_start(DEFAULTS, decay),
        source=Source(
            "arXiv:2010.07468",
            "Algorithm 2, from memory",
            checked="juntang-zhuang/Adabelief-Optimizer@2855178eff",
        ),
        names={G: g_t, M: m_hat, S: s_hat},
    )
