"""A2Grad (arXiv:1810.00553): accelerated steps by the sum of what gradients are off their mean."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, g_avg, lr, t, x
from lawful.verify.language.tensors import Total

beta, lips, rho = (
    Symbol("beta", nonnegative=True),
    Symbol("lips", positive=True),
    Symbol("rho", nonnegative=True),
)
far, noise, faded = (
    Symbol("x_k", real=True),
    Symbol("v_k", nonnegative=True),
    Symbol("v_kk", nonnegative=True),
)

DOMAINS = {beta: Domain((2.0, 10.0, 0.5)), lips: Domain((5.0, 10.0, 1.0), open_low=True), rho: WEIGHT}
WORDS: Words = {
    "variant": {
        "uni": "a sum of what gradients are off",
        "inc": "a sum of what gradients are off that fades by (k/(k + 1))²",
        "exp": "the largest average of what gradients are off",
    },
    "counts": {0: "a first step that is numbered 0", 1: "a first step that is numbered 1"},
}
SPELLED: Spellings = {"variant": {"variant": {"uni": "uni", "inc": "inc", "exp": "exp"}}}


@family(words=WORDS, spellings=SPELLED)
def a2grad(*, variant: Literal["uni", "inc", "exp"] = "uni", counts: Literal[0, 1] = 0) -> Rule:
    """Steps of 1/(γ + β·h) to a weight far ahead, of which the weight takes in a share; no learning rate is used."""
    k = t - 1 + counts
    mean = g_avg + (g - g_avg) / t
    off, state = Total((g - mean) ** 2), {g_avg: mean}
    if variant == "exp":
        state[faded] = rho * faded + (1 - rho) * off
        state[noise] = Max(noise, state[faded])
    else:
        state[noise] = noise * ((k / (k + 1)) ** 2 if variant == "inc" else 1) + off
    h = sqrt(state[noise]) * (sqrt(k + 1) if variant == "exp" else 1)
    step = g / (2 * lips / (k + 1) + beta * h)
    share, before = 2 / (k + 3), Piecewise((1, Eq(t, 1)), (2 / (k + 2), True))
    state[far] = far - step
    return Rule(
        "a2grad",
        x=(1 - share) * x + share * state[far] - (1 - share) * before * step,
        state=state,
        init={far: x},
        defaults={lr: 1e-3, beta: 10.0, lips: 10.0, **({rho: 0.5} if variant == "exp" else {})},
        domains=DOMAINS,
        source=Source("arXiv:1810.00553", "Algorithm 1, from memory", checked="torch-optimizer 0.3.0"),
    )
