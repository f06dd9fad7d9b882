"""ASGD: SGD whose iterates are averaged (Polyak & Juditsky 1992)."""

from sympy import Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import alpha, lr, t, weight_decay, x

lambd, t0 = Symbol("lambd", nonnegative=True), Symbol("t0", nonnegative=True)
ax, eta, mu = Symbol("ax", real=True), Symbol("eta", nonnegative=True), Symbol("mu", nonnegative=True)

DEFAULTS = {lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weight_decay: 0.0}
DOMAINS = {lambd: Domain((0.3, 1e-4, 1e-2, 0.0)), t0: Domain((3.0, 1e6, 0.0)), alpha: WEIGHT}
G = Symbol("g_t")


@family()
def asgd() -> Rule:
    """torch.optim.ASGD: the rate of a step is set in the step before, from that step's lr."""
    g_t = l2_gradient()
    x_t = x * (1 - lambd * eta) - eta * g_t
    return Rule(
        "asgd",
        x=x_t,
        state={
            ax: ax + mu * (x_t - ax),
            eta: lr / (1 + lambd * lr * t) ** alpha,
            mu: 1 / Max(1, t - t0),
        },
        init={eta: lr, mu: 1},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source(
            "Polyak & Juditsky, SIAM J. Control Optim. 30 (1992)",
            "from memory, in the form of torch.optim.ASGD",
            checked="torch 2.13.0",
        ),
        names={G: g_t},
    )
