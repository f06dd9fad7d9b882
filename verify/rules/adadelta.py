"""Adadelta (arXiv:1212.5701): steps in the units of the parameter, from the root mean square of past steps."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, v, weight_decay, x

rho = Symbol("rho", nonnegative=True)
u = Symbol("u", nonnegative=True)

DEFAULTS = {lr: 1.0, rho: 0.9, eps: 1e-6, weight_decay: 0.0}
G, D = Symbol("g_t"), Symbol("d_t")


@family()
def adadelta() -> Rule:
    """torch.optim.Adadelta: the step that is averaged is the one before lr is applied."""
    g_t = l2_gradient()
    v_t = rho * v + (1 - rho) * g_t**2
    d_t = sqrt(u + eps) / sqrt(v_t + eps) * g_t
    u_t = rho * u + (1 - rho) * d_t**2
    return Rule(
        "adadelta",
        x=x - lr * d_t,
        state={v: v_t, u: u_t},
        defaults=DEFAULTS,
        domains={rho: WEIGHT},
        source=Source("arXiv:1212.5701", "Algorithm 1, from memory", checked="torch 2.13.0"),
        names={G: g_t, D: d_t},
    )
