"""LAMB (arXiv:1904.00962)."""

from sympy import Min, Symbol, sqrt

from lawful.verify.rule import Rule, Source, family
from lawful.verify.rules.lars import trust
from lawful.verify.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.tensors import Norm

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-6, weight_decay: 0.0}
M, V, U, RATIO = Symbol("m_hat"), Symbol("v_hat"), Symbol("u_t"), Symbol("r_t")


@family()
def lamb(*, bias_correction: bool = True, clamp: bool = False) -> Rule:
    """Adam's direction with decay, made as long as the weight; `clamp` takes no weight for longer than 10."""
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    bc1, bc2 = (1 - beta1**t, 1 - beta2**t) if bias_correction else (1, 1)
    u_t = (m_t / bc1) / (sqrt(v_t / bc2) + eps) + weight_decay * x
    length = Min(Norm(x), 10) if clamp else Norm(x)
    r_t = trust(length / Norm(u_t), length, Norm(u_t))
    return Rule(
        "lamb",
        x=x - lr * r_t * u_t,
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source("arXiv:1904.00962v5", "Algorithm 2"),
        names={M: m_t / bc1, V: v_t / bc2, U: u_t, RATIO: r_t},
    )
