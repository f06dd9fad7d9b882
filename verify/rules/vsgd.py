"""VSGD, variational SGD (arXiv:2404.06549): the true gradient estimated from noisy ones, both with a variance."""

from sympy import Eq, Expr, Piecewise, Rational, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient, shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, t, weight_decay, x

ratio, strength = Symbol("ghattg", positive=True), Symbol("ps", positive=True)
tau1, tau2 = Symbol("tau1", nonnegative=True), Symbol("tau2", nonnegative=True)
mean, shape = Symbol("mu", real=True), Symbol("a", positive=True)
of_mean, of_noise = Symbol("b_g", real=True), Symbol("b_hg", real=True)
MEAN, SQUARE = Symbol("mu_t"), Symbol("s_t")

DEFAULTS = {lr: 0.1, ratio: 30.0, strength: 1e-8, tau1: 0.81, tau2: 0.9, weight_decay: 0.0, eps: 1e-8}
DOMAINS = {
    ratio: Domain((3.0, 30.0, 0.5), open_low=True),
    strength: Domain((0.1, 1e-8, 1e-3), open_low=True),
    tau1: Domain((0.81, 0.5, 1.0)),
    tau2: Domain((0.9, 0.6, 1.0)),
}


@family(words=WORDS)
def vsgd(*, decouple: bool = True) -> Rule:
    """x − lr·μ/√(μ² + σ²), with μ the mean of the last one and the gradient, each weighed by the other's variance.

    The variances' scales average what they would be after this step alone, with weights t^−τ. The first step divides
    them by less by 1.
    """
    g_t = g if decouple else l2_gradient()
    own, other = (Piecewise((b / (shape - 1), Eq(t, 1)), (b / shape, True)) for b in (of_mean, of_noise))
    mean_t = (other * mean + own * g_t) / (own + other)
    square = mean_t**2 + own * other / (own + other)

    def averaged(b: Expr, prior: Expr, seen: Expr, tau: Expr) -> Expr:
        return (1 - t**-tau) * b + t**-tau * (prior + square - 2 * seen * mean_t + seen**2)

    return Rule(
        "vsgd",
        x=(shrunk(x) if decouple else x) - lr * mean_t / (sqrt(square) + eps),
        state={
            shape: shape,
            mean: mean_t,
            of_mean: averaged(of_mean, 2 * strength, mean, tau1),
            of_noise: averaged(of_noise, 2 * ratio * strength, g_t, tau2),
        },
        init={
            shape: 2 * strength + 1 + Rational(1, 10**4),
            of_mean: 2 * strength,
            of_noise: 2 * ratio * strength,
        },
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2404.06549", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
        names={MEAN: mean_t, SQUARE: square},
    )
