"""AdamProx (arXiv:2202.00089): AdamW whose decay is a proximal step, taken after Adam's."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import RATES, WORDS, Decay, with_start
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 1e-2}
M, V = Symbol("m_hat"), Symbol("v_hat")


@family(words=WORDS)
def adamprox(*, decay: Decay = "lr*wd") -> Rule:
    """Adam's step, then the proximal operator of lr·(wd/2)·x²: division by 1 + lr·wd.

    Its authors divide by 1 + wd·lr/lr₀ (`decay="wd*lr/lr_0"`), lr₀ the constructor's lr, by default with no decay;
    this default is AdamW's.
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    return Rule(
        "adamprox",
        x=(x - lr * m_hat / (sqrt(v_hat) + eps)) / (1 + RATES[decay]),
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:2202.00089", "AdamProx", checked="zhenxun-zhuang/AdamW-Scale-free@a42773cf88"),
        names={M: m_hat, V: v_hat},
    )
