"""diffGrad (arXiv:1909.11015): Adam whose step is smaller where the gradient has hardly changed."""

from typing import Literal

from sympy import Abs, Symbol, exp

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules.adam import denominator

g_prev = Symbol("g_prev", real=True)
G, FRICTION = Symbol("g_t"), Symbol("xi_t")

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}


@family(spellings=SPELLINGS, words=WORDS)
def diffgrad(*, decouple: bool = False, decay: Literal["lr*wd", "wd"] = "lr*wd") -> Rule:
    """Adam's step times the sigmoid of |g − the one before|, which is between ½ and 1; before the first it is 0.

    The authors' second version: in the first, the one before is the same tensor as g, and the factor always ½.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    friction = 1 / (1 + exp(-Abs(g_prev - g_t)))
    step = lr * friction * m_t / (1 - beta1**t) / denominator(v_t, 1 - beta2**t, "hat")
    return Rule(
        "diffgrad",
        x=(shrunk(x, decay) if decouple else x) - step,
        state={m: m_t, v: v_t, g_prev: g_t},
        defaults=DEFAULTS,
        source=Source("arXiv:1909.11015", "§3, from memory", checked="shivram1987/diffGrad@93fb7fcdf1"),
        names={G: g_t, FRICTION: friction},
    )
