"""Adamax: Adam that divides by an exponentially weighted maximum instead of a root mean square."""

from typing import Literal

from sympy import Abs, Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, lr, m, t, weight_decay, x

u = Symbol("u", nonnegative=True)

DEFAULTS = {lr: 2e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}
G, M = Symbol("g_t"), Symbol("m_hat")


WORDS: Words = {
    "eps_place": {
        "maximum": "eps added to |g| in the maximum",
        "memory": "eps added to β2·u in the maximum",
        "denominator": "eps added to the maximum",
    }
}


@family(words=WORDS)
def adamax(*, eps_place: Literal["maximum", "memory", "denominator"] = "maximum") -> Rule:
    """torch.optim.Adamax: max(β2 u, |g| + eps). PaddlePaddle: max(β2 u + eps, |g|). Keras: m / (u + eps)."""
    g_t = l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    inside = {"maximum": (0, eps), "memory": (eps, 0), "denominator": (0, 0)}[eps_place]
    u_t = Max(beta2 * u + inside[0], Abs(g_t) + inside[1])
    denominator = u_t + eps if eps_place == "denominator" else u_t
    return Rule(
        "adamax",
        x=x - lr * (m_t / (1 - beta1**t)) / denominator,
        state={m: m_t, u: u_t},
        defaults=DEFAULTS,
        source=Source("arXiv:1412.6980", "Algorithm 2, from memory", checked="torch 2.13.0"),
        names={G: g_t, M: m_t / (1 - beta1**t)},
    )
