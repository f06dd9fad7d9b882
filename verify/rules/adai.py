"""Adai (arXiv:2006.15815): momentum whose inertia is less where gradients are larger."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import EverywhereMean

product = Symbol("beta1_prod", nonnegative=True)
INERTIA = Symbol("beta1_t")

DEFAULTS = {lr: 1e-3, beta1: 0.1, beta2: 0.99, eps: 1e-3, weight_decay: 0.0}
DOMAINS = {
    beta1: Domain((0.5, 0.1, 0.3), high=1.0, open_low=True),
    eps: Domain((1e-3, 1e-2), high=1.0, open_low=True),
}
FLOOR: Words = {"floor": {"none": "a mean as it is", "eps": "a mean of eps at least"}}


@family(spellings=SPELLINGS, words={**WORDS, **FLOOR})
def adai(*, decouple: bool = False, decay: Decay = "lr*wd", floor: Literal["none", "eps"] = "none") -> Rule:
    """m ← β·m + (1 − β)·g, corrected, with β = 1 − β₀·v̂/mean(v̂) of each element, between 0 and 1 − eps.

    The mean is over all parameters; `floor="eps"` takes none below eps. The dampening of later releases is 1.
    """
    g_t = g if decouple else l2_gradient()
    v_t = beta2 * v + (1 - beta2) * g_t**2
    v_hat = v_t / (1 - beta2**t)
    mean = Max(eps, EverywhereMean(v_hat)) if floor == "eps" else EverywhereMean(v_hat)
    inertia = Max(0, Min(1 - eps, 1 - beta1 * v_hat / mean))
    m_t = inertia * m + (1 - inertia) * g_t
    step = m_t / (1 - product * inertia)
    return Rule(
        "adai",
        x=(shrunk(x, decay) if decouple else x) - lr * step,
        state={m: m_t, v: v_t, product: product * inertia},
        init={product: 1},
        defaults=with_start(DEFAULTS, decay),
        domains=DOMAINS,
        source=Source("arXiv:2006.15815", "Algorithm 2, from memory", checked="pytorch-optimizer 4.1.0"),
        names={INERTIA: inertia},
    )
