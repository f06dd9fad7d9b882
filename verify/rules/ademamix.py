"""AdEMAMix (arXiv:2409.03137): Adam with a second, slow average of the gradients."""

from typing import Literal

from sympy import Expr, Gt, Piecewise, Rational, Symbol, log, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, eps, g, lr, m, t, v, weight_decay, x

slow = Symbol("m_slow", real=True)
alpha = Symbol("alpha", positive=True)  # no weight in an average, as others' alpha is
both, of_alpha, of_beta3 = (
    Symbol(name, integer=True, nonnegative=True) for name in ("t_alpha_beta3", "alpha_warmup", "beta3_warmup")
)
A, B, G, M, V = (Symbol(name) for name in ("alpha_t", "beta3_t", "g_t", "m_hat", "v_hat"))

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, beta3: 0.9999, alpha: 2.0, eps: 1e-8, weight_decay: 0.0}
STEPS = Domain((5, 2, 0))
DOMAINS = {
    alpha: Domain((2.0, 0.5, 5.0, 8.0), open_low=True),
    beta1: Domain((0.5, 0.3, 0.8, 0.9, 0.95), high=1.0, open_low=True),
    beta3: Domain((0.9, 0.7, 0.99, 0.999, 0.9999), high=1.0, open_low=True),
}
WARMUP: Words = {
    "warmup": {
        "paper": "one warm-up of alpha and β₃",
        "apart": "a warm-up of alpha and one of β₃",
        "authors": "a warm-up of alpha and one of β₃, with 1e-8 beside the betas",
    }
}


def half_life(beta: Expr) -> Expr:
    """After how many steps half of a weight is left."""
    return log(Rational(1, 2)) / log(beta)


@family(spellings=SPELLINGS, words={**WORDS, **WARMUP})
def ademamix(
    *, decouple: bool = True, decay: Decay = "lr*wd", warmup: Literal["paper", "apart", "authors"] = "paper"
) -> Rule:
    """Adam's direction plus alpha times an average that forgets slowly and is not corrected, over the same root.

    alpha grows from 0 and β₃'s half-life from β₁'s, over so many steps; 0, or None, is no warm-up. The authors' code
    has a length for each, and 1e-8 beside the betas; its β₃ may fall, the paper's is no larger than it will be.
    """
    length, lengthening = (both, both) if warmup == "paper" else (of_alpha, of_beta3)
    share = t / Max(1, lengthening)
    if warmup == "authors":
        first, last = (half_life(beta + Rational(1, 10**8)) - 1 for beta in (beta1, beta3))
        grown = Rational(1, 2) ** (1 / ((1 - share) * first + share * last + 1))
        beta3_t = Piecewise((grown, Gt(lengthening, t)), (beta3, True))
    else:
        grown = Rational(1, 2) ** (1 / ((1 - share) * half_life(beta1) + share * half_life(beta3)))
        beta3_t = Piecewise((Min(beta3, grown), Gt(lengthening, 0)), (beta3, True))
    alpha_t = alpha * Min(1, t / Max(1, length))
    g_t = g if decouple else l2_gradient()
    m_t = beta1 * m + (1 - beta1) * g_t
    slow_t = beta3_t * slow + (1 - beta3_t) * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    decayed = shrunk(x, decay) if decouple else x
    return Rule(
        "ademamix",
        x=decayed - lr * (m_hat + alpha_t * slow_t) / (sqrt(v_hat) + eps),
        state={m: m_t, slow: slow_t, v: v_t},
        defaults={**with_start(DEFAULTS, decay), length: 0, lengthening: 0},
        domains={**DOMAINS, length: STEPS, lengthening: STEPS},
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source("arXiv:2409.03137", "Algorithm 1, from memory", checked="apple/ml-ademamix@e7327151bb"),
        names={A: alpha_t, B: beta3_t, G: g_t, M: m_hat, V: v_hat},
    )
