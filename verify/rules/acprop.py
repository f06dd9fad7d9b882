"""ACProp (arXiv:2110.05454): the gradient over the deviation from its average that was known a step before."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x

s, eps_root = Symbol("s", nonnegative=True), Symbol("eps_root", nonnegative=True)
M, S = Symbol("m_t"), Symbol("s_hat")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-16, weight_decay: 0.0}

WORDS: Words = {
    "form": {
        "authors": "the authors' deviations from the new average",
        "optax": "Optax's deviations from the average before, and an eps of its own in the variance",
    }
}


@family(words=WORDS)
def acprop(*, form: Literal["authors", "optax"] = "authors") -> Rule:
    """SGD in the first step; then the gradient over the root of the variance up to the step before, corrected.

    eps accumulates in the variance, as AdaBelief's does. The authors' code is this without `rectify`. Optax takes
    deviations from the average before, against what it documents, and has a variance of 1 in the first step.
    """
    m_t = beta1 * m + (1 - beta1) * g
    s_hat = s / (1 - beta2 ** (t - 1))
    theirs = form == "authors"
    first = g if theirs else g / (1 + eps)
    variance = beta2 * s + (1 - beta2) * (g - (m_t if theirs else m)) ** 2
    return Rule(
        "acprop",
        x=shrunk(x) - lr * Piecewise((first, Eq(t, 1)), (g / (sqrt(s_hat) + eps), True)),
        state={m: m_t, s: variance + (eps if theirs else eps_root)},
        defaults=DEFAULTS if theirs else {**DEFAULTS, eps_root: 1e-16},
        domains={} if theirs else {eps_root: Domain((1e-3, 1e-16, 1e-8))},
        source=Source(
            "arXiv:2110.05454",
            "Algorithm 1, from memory",
            checked="juntang-zhuang/ACProp-Optimizer@a880843025 and optax 0.2.8",
        ),
        names={M: m_t, S: s_hat},
    )
