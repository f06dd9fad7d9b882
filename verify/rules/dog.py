"""DoG and LDoG, distance over gradients (arXiv:2302.12022)."""

from sympy import Expr, Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, lr, weight_decay, x, x_start
from lawful.verify.language.tensors import EverywhereNorm, Norm, Total

reps_rel = Symbol("reps_rel", positive=True)
radius, squares = Symbol("r_bar", nonnegative=True), Symbol("G", nonnegative=True)
GRADIENT, ETA = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {reps_rel: 1e-6, lr: 1.0, weight_decay: 0.0, eps: 1e-8}
DOMAINS = {reps_rel: Domain((0.1, 1e-6, 1e-4, 1e-2), open_low=True)}
CODE = "formll/dog@7d1d216aba"


def over_gradients(name: str, distance: Expr, length: Expr, squares_now: Expr) -> Rule:
    """The rule by a distance from the start, the first weight's length and a sum of squares of the gradient."""
    g_t = l2_gradient()
    radius_t, squares_t = Max(radius, distance), squares + squares_now
    eta = lr * radius_t / sqrt(squares_t)
    return Rule(
        name,
        x=x - eta * g_t,
        state={x_start: x_start, radius: radius_t, squares: squares_t},
        init={x_start: x, radius: reps_rel * (1 + length), squares: eps},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2302.12022", "Algorithm 2 and §2, from memory", checked=CODE),
        names={GRADIENT: g_t, ETA: eta},
    )


@family()
def dog() -> Rule:
    """SGD whose rate is the largest distance from the start over the root of all ‖g‖² so far, over all parameters."""
    return over_gradients(
        "dog", EverywhereNorm(x - x_start), EverywhereNorm(x), EverywhereNorm(l2_gradient()) ** 2
    )


@family()
def ldog() -> Rule:
    """DoG for each tensor by itself.

    The first distance is reps_rel·(1 + ‖x‖), for which the authors' code has no default; 1e-6 is what it suggests.
    """
    return over_gradients("ldog", Norm(x - x_start), Norm(x), Total(l2_gradient() ** 2))
