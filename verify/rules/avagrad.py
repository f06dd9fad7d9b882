"""AvaGrad (arXiv:1912.01823): Adam that divides by the root of the step before, by one rate for all."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import EverywhereMean

gamma = Symbol("gamma_t", nonnegative=True)

DEFAULTS = {lr: 1e-1, beta1: 0.9, beta2: 0.999, weight_decay: 0.0, eps: 1e-1}


MEAN: Words = {"mean_of": {"old": "a mean of the roots before", "new": "a mean of the new roots"}}


@family(spellings=SPELLINGS, words={**WORDS, **MEAN})
def avagrad(*, decouple: bool = True, decay: Decay = "lr*wd", mean_of: Literal["old", "new"] = "old") -> Rule:
    """m̂/(√v̂ + eps) with the v̂ before this gradient, over the root mean square of 1/(√v̂ + eps); no first step.

    For that mean too the authors' code takes the v before, which the paper does not; `mean_of="new"` is the paper's.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    rates = 1 / (sqrt((v if mean_of == "old" else v_t) / (1 - beta2**t)) + eps)
    step = gamma * m_t / (1 - beta1**t) / (sqrt(v / (1 - beta2 ** (t - 1))) + eps)
    return Rule(
        "avagrad",
        x=(shrunk(x, decay) if decouple else x) - lr * Piecewise((0, Eq(t, 1)), (step, True)),
        state={m: m_t, v: v_t, gamma: 1 / sqrt(EverywhereMean(rates**2))},
        defaults=with_start(DEFAULTS, decay),
        source=Source("arXiv:1912.01823", "Algorithm 2, from memory", checked="lolemacs/avagrad@6542ba2030"),
    )
