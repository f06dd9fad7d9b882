"""SWATS (arXiv:1712.07628): Adam, until it has found the rate at which SGD goes on."""

from sympy import Abs, Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, beta1, beta2, eps, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import EverywhereMean, IfPositive

switched, found, rate = (
    Symbol("switched", nonnegative=True),
    Symbol("found", real=True),
    Symbol("rate", real=True),
)
G, P, RATIO = Symbol("g_t"), Symbol("p_t"), Symbol("gamma_t")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-9, weight_decay: 0.0}
DOMAINS = {eps: Domain((5e-4, 2e-4, 0.03, 0.01, 1e-9), open_low=True)}
WORDS: Words = {"nesterov": {True: "a look-ahead of SGD's", False: "no look-ahead"}}


@family(words=WORDS)
def swats(*, nesterov: bool = False) -> Rule:
    """Adam's epsilon hat; γ is the rate at which a step against the gradient would be as long, seen along Adam's step.

    Once γ is nearer to its corrected average than eps, which is Adam's too, that average is the rate of all steps, of
    all parameters, along (1 − β₁) times a sum of the gradients from then on.
    """
    g_t = l2_gradient()
    m_t, v_t = beta1 * m + (1 - beta1) * g_t, beta2 * v + (1 - beta2) * g_t**2
    p_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m_t / (sqrt(v_t) + eps)
    along = EverywhereMean(p_t * g_t)
    ratio = IfPositive(Abs(along), EverywhereMean(p_t**2) / along, 0)
    found_t = IfPositive(Abs(along), beta2 * found + (1 - beta2) * ratio, found)
    average = found_t / (1 - beta2**t)
    near = IfPositive(Min(Abs(along), eps - Abs(average - ratio)), 1, 0)
    b_t = IfPositive(switched, beta1 * b + g_t, 0)
    u_t = (1 - beta1) * b_t + (beta1 * b_t if nesterov else 0)
    return Rule(
        "swats",
        x=x - IfPositive(switched, rate * u_t, p_t),
        state={
            m: m_t,
            v: v_t,
            found: found_t,
            rate: IfPositive(switched, rate, average),
            switched: IfPositive(switched, 1, Piecewise((0, Eq(t, 1)), (near, True))),
            b: b_t,
        },
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:1712.07628", "Algorithm 1, from memory", checked="torch-optimizer 0.3.0"),
        names={G: g_t, P: p_t, RATIO: ratio},
    )
