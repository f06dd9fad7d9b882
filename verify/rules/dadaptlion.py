"""D-Adapted Lion (arXiv:2301.07733)."""

from sympy import Abs, Symbol, sign, sqrt

from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, weight_decay, x
from lawful.verify.language.tensors import EverywhereMean, IfPositive
from lawful.verify.rules.dadaptadam import DOMAINS, RATE, d, d0, r, s

U = Symbol("u_t")

DEFAULTS = {lr: 1.0, beta1: 0.9, beta2: 0.99, weight_decay: 0.0, d0: 1e-6}


@family()
def dadaptlion() -> Rule:
    """Lion by a rate d·lr, where d grows with Σ rate·⟨u, s⟩ over ‖s‖₁, s the average of rate·u, and u is ±1.

    Both averages fade by √β2, and d, which is one for all parameters, holds from the next step on. The average of the
    gradients takes them in times the rate.
    """
    rate, beta3 = d * lr, sqrt(beta2)
    u_t = sign(beta1 * m + (1 - beta1) * g)
    r_t = beta3 * r + (1 - beta3) * rate * EverywhereMean(u_t * s)
    s_t = beta3 * s + (1 - beta3) * rate * u_t
    size = EverywhereMean(Abs(s_t))
    return Rule(
        "dadaptlion",
        x=x * (1 - rate * weight_decay) - rate * u_t,
        state={
            m: beta2 * m + (1 - beta2) * rate * g,
            r: r_t,
            s: s_t,
            d: IfPositive(size, Max(d, r_t / ((1 - beta3) * size)), d),
        },
        init={d: d0},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2301.07733", "§6, from memory", checked="dadaptation 3.2"),
        names={RATE: rate, U: u_t},
    )
