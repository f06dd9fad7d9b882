"""AdaPNM (arXiv:2103.17182): Adam with positive-negative momentum."""

from typing import Literal

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, g, lr, m, t, v, v_max, weight_decay, x
from lawful.verify.rules.adam import AMSGRAD, DEFAULTS, EPS, M, denominator
from lawful.verify.rules.pnm import NOISE, SPELLED, m_prev

G = Symbol("g_t")


@family(spellings={**SPELLINGS, **SPELLED}, words={**WORDS, **EPS, **AMSGRAD})
def adapnm(
    *,
    decouple: bool = True,
    decay: Literal["lr*wd", "wd"] = "lr*wd",
    amsgrad: bool = True,
    eps: Literal["outside", "hat"] = "outside",
) -> Rule:
    """PNM's step, corrected by 1 − β1ᵗ, over the root of the largest second moment so far."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1**2 * m_prev + (1 - beta1**2) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    second = Max(v_max, v_t) if amsgrad else v_t
    m_hat = ((1 + beta3) * m_t - beta3 * m) / sqrt((1 + beta3) ** 2 + beta3**2) / (1 - beta1**t)
    return Rule(
        "adapnm",
        x=(shrunk(x, decay) if decouple else x) - lr * m_hat / denominator(second, 1 - beta2**t, eps),
        state={m: m_t, m_prev: m, v: v_t, **({v_max: second} if amsgrad else {})},
        defaults={**DEFAULTS, beta3: 1.0, weight_decay: 0.0},
        domains={beta3: NOISE},
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source(
            "arXiv:2103.17182",
            "Algorithm 2, from memory",
            checked="zeke-xie/Positive-Negative-Momentum@1130bc8df3",
        ),
        names={G: g_t, M: m_hat},
    )
