"""D-Adapted Adam (arXiv:2301.07733)."""

from sympy import Abs, Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Spellings, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.language.tensors import EverywhereMean, IfPositive
from lawful.verify.rules.adam import CORRECTION

d, d0 = Symbol("d", nonnegative=True), Symbol("d0", positive=True)
k = Symbol("k", nonnegative=True)  # the steps in which lr was not 0
r, s = Symbol("r", real=True), Symbol("s", real=True)
G, RATE = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {lr: 1.0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, d0: 1e-6}
DOMAINS = {
    lr: Domain((1.0, 0.5, 0.1), open_low=True),
    d0: Domain((0.1, 1e-6, 1e-3), open_low=True),
}
SPELLED: Spellings = {"bias_correction": {"use_bias_correction": {False: False, True: True}}}


@family(spellings=SPELLED, words={**WORDS, **CORRECTION})
def dadaptadam(*, decouple: bool = False, bias_correction: bool = False) -> Rule:
    """Adam by a rate d·lr, where d grows with Σ rate·⟨g, s/(√v + eps)⟩ over ‖s‖₁, s the average of rate·g.

    Both averages fade by √β2, and d is one for all parameters. Nothing moves while all gradients have been 0, and
    nothing at all happens where lr is 0, which is no step.
    `growth_rate` is ∞ and `layer_scale` 1, their defaults.
    """
    g_t = g if decouple else l2_gradient()
    correction = sqrt(1 - beta2 ** (k + 1)) / (1 - beta1 ** (k + 1)) if bias_correction else 1
    rate, beta3 = d * lr * correction, sqrt(beta2)
    m_t = beta1 * m + (1 - beta1) * rate * g_t
    v_t = beta2 * v + (1 - beta2) * g_t**2
    r_t = beta3 * r + (1 - beta3) * rate * EverywhereMean(g_t * s / (sqrt(v) + eps))
    s_t = beta3 * s + (1 - beta3) * rate * g_t
    size = EverywhereMean(Abs(s_t))
    d_t = IfPositive(size, Max(d, r_t / ((1 - beta3) * size)), d)
    going = Gt((1 - beta1) * lr, 0)  # sympy takes lr > 0 for granted, and a schedule may stop it
    decayed = x * (1 - rate * weight_decay) if decouple else x
    after = {m: m_t, v: v_t, r: r_t, s: s_t, d: d_t, **({k: k + 1} if bias_correction else {})}
    after[x] = IfPositive(size, decayed - m_t / (sqrt(v_t) + eps), x)
    kept = {old: Piecewise((new, going), (old, True)) for old, new in after.items()}
    return Rule(
        "dadaptadam",
        x=kept.pop(x),
        state=kept,
        init={d: d0},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2301.07733", "Algorithm 5, from memory", checked="dadaptation 3.2"),
        names={G: g_t, RATE: rate},
    )
