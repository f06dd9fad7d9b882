"""AdaMod (arXiv:1910.12249): Adam whose rates are held below their own average."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules.adam import denominator

average = Symbol("s", nonnegative=True)
G, RATE = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, beta3: 0.999, eps: 1e-8, weight_decay: 0.0}


@family(spellings=SPELLINGS, words=WORDS)
def adamod(*, decouple: bool = True, decay: Literal["lr*wd", "wd"] = "lr*wd") -> Rule:
    """The rate of each lane, lr/(√v + eps) corrected, is averaged by β3, and the smaller of the two is taken.

    The authors' code calls β3 gamma.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    rate = lr / (1 - beta1**t) / denominator(v_t, 1 - beta2**t, "hat")
    average_t = beta3 * average + (1 - beta3) * rate
    return Rule(
        "adamod",
        x=(shrunk(x, decay) if decouple else x) - Min(rate, average_t) * m_t,
        state={m: m_t, v: v_t, average: average_t},
        defaults=DEFAULTS,
        domains={beta3: WEIGHT},
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source(
            "arXiv:1910.12249",
            "Algorithm 1, from memory, with eps where the authors' code has it",
            checked="lancopku/AdaMod@26e7c462f9",
        ),
        names={G: g_t, RATE: rate},
    )
