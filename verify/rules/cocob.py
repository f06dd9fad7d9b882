"""COCOB-Backprop (arXiv:1705.07795): steps that a gambler would bet, without a learning rate."""

from sympy import Abs, Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, weight_decay, x, x_start

alpha = Symbol("alpha", positive=True)
theta = Symbol("theta", real=True)
L, G, reward = Symbol("L", nonnegative=True), Symbol("G", nonnegative=True), Symbol("R", nonnegative=True)
GRADIENT, LARGEST, SUM, REWARD, BET = (Symbol(n) for n in ("g_t", "L_t", "G_t", "R_t", "w_t"))

DEFAULTS = {alpha: 100.0, lr: 1.0, eps: 1e-8, weight_decay: 0.0}


@family()
def cocob() -> Rule:
    """From the start, a share of all that was won so far is bet on minus the sum of the gradients.

    The largest gradient begins as eps. Gradients are multiplied by lr, which the paper does not have, and which shows
    beside eps alone.
    """
    g_t = lr * l2_gradient()
    L_t, G_t, theta_t = Max(L, Abs(g_t)), G + Abs(g_t), theta - g_t
    reward_t = Max(reward - g_t * (x - x_start), 0)
    bet = x_start + theta_t / (L_t * Max(G_t + L_t, alpha * L_t)) * (L_t + reward_t)
    return Rule(
        "cocob",
        x=bet,
        state={x_start: x_start, L: L_t, G: G_t, reward: reward_t, theta: theta_t},
        init={x_start: x, L: eps},
        defaults=DEFAULTS,
        domains={alpha: Domain((2.0, 5.0, 100.0), open_low=True)},
        source=Source("arXiv:1705.07795", "Algorithm 2, from memory", checked="optax 0.2.8"),
        names={GRADIENT: g_t, LARGEST: L_t, SUM: G_t, REWARD: reward_t, BET: bet},
    )
