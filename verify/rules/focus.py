"""FOCUS (arXiv:2501.12243): sign steps that are also drawn to an average of the weights."""

from sympy import Symbol, sign

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, weight_decay, x

gamma, average = Symbol("gamma", nonnegative=True), Symbol("x_avg", real=True)
MEAN = Symbol("x_hat")

DEFAULTS = {lr: 1e-2, beta1: 0.9, beta2: 0.99, gamma: 0.1, weight_decay: 0.0}


@family()
def focus() -> Rule:
    """sign(m) + γ·sign(x − x̄), x̄ a corrected average of the weights before each step; decay is by x̄."""
    m_t = beta1 * m + (1 - beta1) * g
    average_t = beta2 * average + (1 - beta2) * x
    mean = average_t / (1 - beta2**t)
    decayed = x - lr * weight_decay * mean
    return Rule(
        "focus",
        x=decayed - lr * (sign(m_t) + gamma * sign(decayed - mean)),
        state={m: m_t, average: average_t},
        defaults=DEFAULTS,
        domains={gamma: Domain((0.3, 0.1, 0.0), high=1.0)},
        source=Source("arXiv:2501.12243", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
        names={MEAN: mean},
    )
