"""Sophia (arXiv:2305.14342): momentum over a diagonal of the Hessian that is estimated now and then, clipped."""

from typing import Literal

from sympy import Eq, Mod, Piecewise, Symbol

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x

h = Symbol("h", nonnegative=True)
gamma, every = Symbol("rho", positive=True), Symbol("k", integer=True, positive=True)
U = Symbol("u_t")
DEFAULTS = {lr: 1e-4, beta1: 0.965, beta2: 0.99, gamma: 0.04, every: 10, eps: 1e-15, weight_decay: 0.1}
DOMAINS = {
    gamma: Domain((0.5, 0.04, 2.0), open_low=True),
    every: Domain((2, 3, 1, 10), low=1, high=1e6),
    eps: Domain((1e-3, 1e-15, 1e-8), open_low=True),
}
WORDS: Words = {
    "divisor": {"sum": "eps added to the estimate", "max": "the larger of the estimate and eps"},
}


@family(words=WORDS)
def sophia(*, divisor: Literal["sum", "max"] = "sum") -> Rule:
    """x ← x·(1 − lr·wd) − lr·clip(m/(γ·h + eps), 1); the paper's divisor is max(γ·h, eps), its authors' code adds.

    h is an average of estimates, one every k steps from the first on. An estimate is a second input; here it is the
    Gauss-Newton-Bartlett one as a step of gradient descent has it, g² of this step's gradient, with γ times the size of
    the batch for γ. SophiaH's, a product with the Hessian, no gradient gives.
    """
    m_t = beta1 * m + (1 - beta1) * g
    h_t = Piecewise((beta2 * h + (1 - beta2) * g**2, Eq(Mod(t, every), Mod(1, every))), (h, True))
    curve = gamma * h_t
    u_t = m_t / (curve + eps if divisor == "sum" else Max(curve, eps))
    return Rule(
        "sophia",
        x=shrunk(x) - lr * Min(Max(u_t, -1), 1),
        state={m: m_t, h: h_t},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2305.14342", "Algorithm 3, from memory", checked="Liuhong99/Sophia@01af1834a8"),
        names={U: u_t},
    )
