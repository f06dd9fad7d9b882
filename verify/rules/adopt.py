"""ADOPT (arXiv:2411.02853) as its authors released it."""

from typing import Literal

from sympy import Eq, Expr, Piecewise, Rational, Symbol, sqrt

from lawful.verify.errors import Unanswerable
from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x

DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.9999, eps: 1e-6, weight_decay: 0.0}
G, N = Symbol("g_t"), Symbol("n_t")
clip_exp = Symbol("clip_exp", nonnegative=True)


def clipped(ratio: Expr, bound: Expr) -> Expr:
    """`ratio` clipped to [−bound, bound]."""
    return Min(Max(ratio, -bound), bound)


CHOICES: Words = {
    "clip": {
        "t^(1/4)": "the normalised gradient clipped at (t − 1)^¼",
        "t^p": "the same with another exponent",
        "none": "no clipping",
    },
    "count": {
        "moves": "the call that moves nothing not counted",
        "calls": "the call that moves nothing counted, t^¼",
    },
    "eps_place": {"max": "the larger of root and eps", "sum": "eps added to the root"},
    "averages": {"plain": "averages as they are", "corrected": "averages with bias correction"},
    "first_call": {"bootstrap": "a first call that moves nothing", "decays": "decay in the first call too"},
}


@family(words={**WORDS, **CHOICES}, spellings={**SPELLINGS, "clip": {"clip_lambda": {"none": None}}})
def adopt(
    *,
    decouple: bool = False,
    decay: Decay = "lr*wd",
    clip: Literal["t^(1/4)", "t^p", "none"] = "t^(1/4)",
    count: Literal["moves", "calls"] = "moves",
    eps_place: Literal["max", "sum"] = "max",
    first_call: Literal["bootstrap", "decays"] = "bootstrap",
    averages: Literal["plain", "corrected"] = "plain",
) -> Rule:
    """Normalises by the *previous* second moment, then averages. Call 1 only records g²; call t clips at (t−1)^¼.

    timm has the exponent as an argument (`clip="t^p"`); pytorch_optimizer clips at t^¼ (`count="calls"`);
    heavyball corrects both averages.
    """
    corrected = averages == "corrected"
    if corrected and (clip, count, first_call) != ("none", "moves", "bootstrap"):
        raise Unanswerable(
            "adopt(averages='corrected') is known without a clip, and with a first call that moves nothing."
        )
    g_t = g if decouple else l2_gradient()
    last = v / (1 - beta2 ** (t - 1)) if corrected else v
    root = Max(sqrt(last), eps) if eps_place == "max" else sqrt(last) + eps
    n_t = g_t / root
    power = clip_exp if clip == "t^p" else Rational(1, 4)
    if clip != "none":
        n_t = clipped(n_t, (t if count == "calls" else t - 1) ** power)
    m_t, v_t = beta1 * m + (1 - beta1) * n_t, beta2 * v + (1 - beta2) * g_t**2
    average = m_t / (1 - beta1 ** (t - 1)) if corrected else m_t
    decayed = shrunk(x, decay) if decouple else x

    def after_bootstrap(first: Expr, then: Expr) -> Expr:
        return Piecewise((first, Eq(t, 1)), (then, True))

    return Rule(
        "adopt",
        x=after_bootstrap(decayed if first_call == "decays" else x, decayed - lr * average),
        state={m: after_bootstrap(m, m_t), v: v_t if corrected else after_bootstrap(g_t**2, v_t)},
        defaults={**with_start(DEFAULTS, decay), **({clip_exp: 1 / 3} if clip == "t^p" else {})},
        domains={clip_exp: Domain((0.333, 0.5, 0.25, 0.0))} if clip == "t^p" else {},
        source=Source(
            "arXiv:2411.02853",
            "ADOPT, with the clipping of the released code",
            checked="iShohei220/adopt@6468572b4b",
        ),
        names={G: g_t, N: n_t},
    )
