"""NAdam (Dozat 2016): Adam with Nesterov's momentum."""

from typing import Literal

from sympy import Expr, Float, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x

psi = Symbol("momentum_decay", nonnegative=True)
product = Symbol("mu_product", nonnegative=True)

DEFAULTS = {lr: 2e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}
G, MU, MU_NEXT, D = Symbol("g_t"), Symbol("mu_t"), Symbol("mu_next"), Symbol("d_t")


def mu(step: Expr) -> Expr:
    """The momentum of a step: from β1/2 up to β1."""
    return beta1 * (1 - Float(0.96) ** (step * psi) / 2)


MOMENTA: Words = {
    "momentum": {"schedule": "momentum by Dozat's schedule", "constant": "constant momentum β1"},
    "second": {"v": "the second moment as it is", "beta2*v": "the second moment times β2"},
}


@family(words={**WORDS, **MOMENTA})
def nadam(
    *,
    decouple: bool = False,
    momentum: Literal["schedule", "constant"] = "schedule",
    second: Literal["v", "beta2*v"] = "v",
) -> Rule:
    """torch.optim.NAdam: momentum by Dozat's schedule, corrected by its running product; optax: β1 throughout.

    `second="beta2*v"`: one version of the paper has β2 before the corrected second moment.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    factor = beta2 if second == "beta2*v" else 1
    d_t = sqrt(factor * v_t / (1 - beta2**t)) + eps

    scheduled = momentum == "schedule"
    mu_t, mu_next = (mu(t), mu(t + 1)) if scheduled else (beta1, beta1)
    product_t = product * mu_t if scheduled else beta1**t
    new, past = (1 - mu_t) / (1 - product_t), mu_next / (1 - product_t * mu_next)
    return Rule(
        "nadam",
        x=(shrunk(x) if decouple else x) - lr * (new * g_t / d_t + past * m_t / d_t),
        state={m: m_t, v: v_t, **({product: product_t} if scheduled else {})},
        init={product: 1} if scheduled else {},
        defaults={**DEFAULTS, **({psi: 4e-3} if scheduled else {})},
        domains={psi: Domain((0.5, 4e-3, 0.1, 0.0))},
        source=Source(
            "Dozat, ICLR workshop (2016)",
            "Algorithm 2 of the report, from memory; the schedule of torch.optim.NAdam",
            checked="torch 2.13.0",
        ),
        names={G: g_t, **({MU: mu_t, MU_NEXT: mu_next} if scheduled else {}), D: d_t},
    )
