"""LDoG, layer-wise distance over gradients (arXiv:2302.12022)."""

from sympy import Max, Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, weight_decay, x
from lawful.verify.language.tensors import Norm, Total

reps_rel = Symbol("reps_rel", positive=True)
x_start = Symbol("x_start", real=True)
radius, squares = Symbol("r_bar", nonnegative=True), Symbol("G", nonnegative=True)
GRADIENT, ETA = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {reps_rel: 1e-6, lr: 1.0, weight_decay: 0.0, eps: 1e-8}
DOMAINS = {reps_rel: Domain((0.1, 1e-6, 1e-4, 1e-2), open_low=True)}
CODE = "formll/dog@7d1d216aba"


@family()
def ldog() -> Rule:
    """SGD whose rate, for each tensor, is the largest distance from the start over the root of all ‖g‖² so far.

    The first distance is reps_rel·(1 + ‖x‖), for which the authors' code has no default; 1e-6 is what it suggests.
    """
    g_t = l2_gradient()
    radius_t = Max(radius, Norm(x - x_start))
    squares_t = squares + Total(g_t**2)
    eta = lr * radius_t / sqrt(squares_t)
    return Rule(
        "ldog",
        x=x - eta * g_t,
        state={x_start: x_start, radius: radius_t, squares: squares_t},
        init={x_start: x, radius: reps_rel * (1 + Norm(x)), squares: eps},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2302.12022", "Algorithm 2 and §2, from memory", checked=CODE),
        names={GRADIENT: g_t, ETA: eta},
    )
