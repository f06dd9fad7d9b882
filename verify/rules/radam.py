"""RAdam (arXiv:1908.03265): Adam without adaptation until the variance of its adaptation is tractable."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules.adam import denominator

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}
G, M, RHO, R = Symbol("g_t"), Symbol("m_hat"), Symbol("rho_t"), Symbol("r_t")

RHO_INF = 2 / (1 - beta2) - 1
RHO_T = RHO_INF - 2 * t * beta2**t / (1 - beta2**t)
"""How many gradients the average of squares is worth."""
RECTIFICATION = sqrt((RHO_T - 4) * (RHO_T - 2) * RHO_INF / ((RHO_INF - 4) * (RHO_INF - 2) * RHO_T))


PLACES: Words = {
    "threshold": {5: "adaptation where ρ > 5", 4: "adaptation where ρ > 4"},
    "eps_place": {
        "hat": "eps outside the uncorrected root (epsilon hat)",
        "outside": "eps outside the corrected root",
    },
    "early": {
        "momentum": "momentum where nothing is adapted",
        "nothing": "no step and no decay where nothing is adapted",
    },
}
SPELLED: Spellings = {"early": {"degenerated_to_sgd": {"momentum": True, "nothing": False}}}


@family(spellings=SPELLED, words={**WORDS, **PLACES})
def radam(
    *,
    decouple: bool = False,
    threshold: Literal[5, 4] = 5,
    eps_place: Literal["hat", "outside"] = "hat",
    early: Literal["momentum", "nothing"] = "momentum",
) -> Rule:
    """torch.optim.RAdam: adapts where ρ_t > 5, as the authors' code, where the paper has ρ_t > 4.

    Before that it steps along the average, as the paper; the authors' code does nothing then (`early="nothing"`) unless
    told otherwise, and its decay is decoupled.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    m_hat = m_t / (1 - beta1**t)

    adapted = RECTIFICATION * m_hat / denominator(v_t, 1 - beta2**t, eps_place)
    decayed, adapts = shrunk(x) if decouple else x, Gt(RHO_T, threshold)
    if early == "momentum":
        new = decayed - lr * Piecewise((adapted, adapts), (m_hat, True))
    else:
        new = Piecewise((decayed - lr * adapted, adapts), (x, True))
    return Rule(
        "radam",
        x=new,
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source(
            "arXiv:1908.03265",
            "Algorithm 2, from memory, with the threshold of the authors' code",
            checked="torch 2.13.0 and LiyuanLucasLiu/RAdam@d9fd30a337",
        ),
        names={G: g_t, M: m_hat, RHO: RHO_T, R: RECTIFICATION},
    )
