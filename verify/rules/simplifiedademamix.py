"""Simplified AdEMAMix (arXiv:2502.02431): a sum of gradients, and the present one beside it."""

from typing import Literal

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x

alpha = Symbol("alpha", nonnegative=True)

DEFAULTS = {lr: 1e-3, beta1: 0.99, beta2: 0.95, weight_decay: 0.0, alpha: 0.0, eps: 1e-8}


FIRST: Words = {"first": {"sum": "a sum of gradients", "average": "an average of gradients"}}


@family(spellings=SPELLINGS, words={**WORDS, **FIRST})
def simplifiedademamix(
    *, decouple: bool = True, decay: Decay = "lr*wd", first: Literal["sum", "average"] = "sum"
) -> Rule:
    """(m + α·g)/(√v̂ + eps), with m ← β₁·m + g, a sum, which is not corrected.

    Without the warm-up of β₁, which is off by default in the authors' code too.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (g_t if first == "sum" else (1 - beta1) * g_t)
    v_t = beta2 * v + (1 - beta2) * g_t**2
    return Rule(
        "simplifiedademamix",
        x=(shrunk(x, decay) if decouple else x)
        - lr * (m_t + alpha * g_t) / (sqrt(v_t / (1 - beta2**t)) + eps),
        state={m: m_t, v: v_t},
        defaults=with_start(DEFAULTS, decay),
        domains={alpha: Domain((0.5, 2.0, 0.0))},
        source=Source(
            "arXiv:2502.02431", "Algorithm 1, from memory", checked="DepenM/Simplified-AdEMAMix@17b1eaee75"
        ),
    )
