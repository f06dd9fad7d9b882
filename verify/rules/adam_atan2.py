"""Adam-atan2 (arXiv:2407.05872): Adam without eps, by an arctangent in place of the division."""

from sympy import Symbol, atan2, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x

a, b = Symbol("a", positive=True), Symbol("b", positive=True)
M, V = Symbol("m_hat"), Symbol("v_hat")

DEFAULTS = {lr: 1e-4, beta1: 0.9, beta2: 0.99, weight_decay: 0.0, a: 1.27, b: 1.0}
DOMAINS = {a: Domain((1.27, 0.5, 1.0), open_low=True), b: Domain((2.0, 1.0, 0.5), open_low=True)}


@family()
def adam_atan2() -> Rule:
    """x ← x − lr·a·atan2(m̂, b·√v̂), which no scale of the gradient changes, and which is bounded by lr·a·π/2.

    The paper has no defaults for a and b; these are the port's, where a = 4/π would give a sign's step that of Adam.
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    return Rule(
        "adam_atan2",
        x=shrunk(x) - lr * a * atan2(m_hat, b * sqrt(v_hat)),
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2407.05872", "§5, from memory", checked="adam-atan2-pytorch"),
        names={M: m_hat, V: v_hat},
    )
