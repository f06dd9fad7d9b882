"""AdaBound and AMSBound (Luo et al. 2019): Adam whose rates are held between bounds that close in on SGD's."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, lr_0, m, t, v, v_max, weight_decay, x
from lawful.verify.rules.adam import denominator

final_lr, gamma = Symbol("final_lr", positive=True), Symbol("gamma", positive=True)
G, RATE, LOW, HIGH = Symbol("g_t"), Symbol("eta_t"), Symbol("eta_low"), Symbol("eta_high")

DEFAULTS = {
    lr: 1e-3, lr_0: 1e-3, beta1: 0.9, beta2: 0.999, final_lr: 0.1, gamma: 1e-3, eps: 1e-8, weight_decay: 0.0,
}  # fmt: skip
DOMAINS = {
    final_lr: Domain((0.2, 0.1, 1.0), open_low=True),
    gamma: Domain((0.5, 1e-3, 0.1), high=1.0, open_low=True),
}
MAXIMUM: Words = {"amsgrad": {False: "no maximum", True: "the maximum of the second moment (AMSBound)"}}
SPELLED: Spellings = {
    **SPELLINGS,
    "amsgrad": {"amsbound": {False: False, True: True}, "ams_bound": {False: False, True: True}},
}


@family(spellings=SPELLED, words={**WORDS, **MAXIMUM})
def adabound(
    *, decouple: bool = False, decay: Literal["lr*wd", "wd"] = "lr*wd", amsgrad: bool = False
) -> Rule:
    """The rate of each lane, lr/(√v + eps) corrected, clipped to final_lr·(1 − 1/(γt + 1)) … final_lr·(1 + 1/(γt)).

    final_lr follows the schedule of lr. The authors' AdaBoundW decays by wd alone.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    second = Max(v_max, v_t) if amsgrad else v_t
    final = final_lr * lr / lr_0
    low, high = final * (1 - 1 / (gamma * t + 1)), final * (1 + 1 / (gamma * t))
    adapted = lr / (1 - beta1**t) / denominator(second, 1 - beta2**t, "hat")
    rate = Min(Max(adapted, low), high)
    return Rule(
        "adabound",
        x=(shrunk(x, decay) if decouple else x) - rate * m_t,
        state={m: m_t, v: v_t, **({v_max: second} if amsgrad else {})},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source(
            "Luo et al., ICLR (2019), openreview.net/forum?id=Bkg3g2R9FX",
            "Algorithms 2 and 3, from memory, as the authors' code computes them",
            checked="Luolc/AdaBound@324c8b90e4",
        ),
        names={G: g_t, LOW: low, HIGH: high, RATE: rate},
    )
