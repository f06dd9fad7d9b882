"""RAdam (arXiv:1908.03265): Adam without adaptation until the variance of its adaptation is tractable."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules._decay import WORDS, l2_gradient, shrunk
from lawful.verify.rules.adam import denominator

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}
G, M, RHO, R = Symbol("g_t"), Symbol("m_hat"), Symbol("rho_t"), Symbol("r_t")


PLACES: Words = {
    "threshold": {5: "adaptation where ρ > 5", 4: "adaptation where ρ > 4"},
    "eps_place": {
        "hat": "eps outside the uncorrected root (epsilon hat)",
        "outside": "eps outside the corrected root",
    },
}


@family(words={**WORDS, **PLACES})
def radam(
    *, decouple: bool = False, threshold: Literal[5, 4] = 5, eps_place: Literal["hat", "outside"] = "hat"
) -> Rule:
    """torch.optim.RAdam: adapts where ρ_t > 5, as the authors' code; the paper has ρ_t > 4."""
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    m_hat = m_t / (1 - beta1**t)

    rho_inf = 2 / (1 - beta2) - 1
    rho_t = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    r_t = sqrt((rho_t - 4) * (rho_t - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho_t))
    adapted = r_t * m_hat / denominator(v_t, 1 - beta2**t, eps_place)
    return Rule(
        "radam",
        x=(shrunk(x) if decouple else x) - lr * Piecewise((adapted, Gt(rho_t, threshold)), (m_hat, True)),
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source("arXiv:1908.03265", "Algorithm 2, with the threshold of the authors' code"),
        names={G: g_t, M: m_hat, RHO: rho_t, R: r_t},
    )
