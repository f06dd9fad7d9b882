"""Prodigy (arXiv:2306.06101): Adam that estimates how far the solution is, and steps by that."""

from typing import Literal

from sympy import Abs, Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x, x_start
from lawful.verify.language.tensors import EverywhereMean, IfPositive
from lawful.verify.rules.adam import CORRECTION

d, d0, d_coef = Symbol("d", nonnegative=True), Symbol("d0", positive=True), Symbol("d_coef", positive=True)
k = Symbol("k", nonnegative=True)  # the steps in which lr was not 0
r, s = Symbol("r", real=True), Symbol("s", real=True)
G, RATE = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {
    lr: 1.0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, d0: 1e-6, d_coef: 1.0,
}  # fmt: skip
DOMAINS = {
    lr: Domain((1.0, 0.5, 0.1), open_low=True),
    d0: Domain((0.1, 1e-6, 1e-3), open_low=True),
    d_coef: Domain((2.0, 0.5, 1.0), open_low=True),
}
SPELLED: Spellings = {
    "bias_correction": {
        "use_bias_correction": {False: False, True: True},
        "bias_correction": {False: False, True: True},
    },
    "warmup": {"safeguard_warmup": {False: False, True: True}},
}
CHOICES: Words = {
    "warmup": {False: "gradients weighted by d·lr", True: "gradients weighted by d without lr"},
    "at_rest": {"frozen": "nothing remembered where lr is 0", "goes on": "averages that go on where lr is 0"},
}


@family(spellings=SPELLED, words={**WORDS, **CORRECTION, **CHOICES})
def prodigy(
    *,
    decouple: bool = True,
    bias_correction: bool = False,
    warmup: bool = False,
    at_rest: Literal["frozen", "goes on"] = "frozen",
) -> Rule:
    """Adam of d·g by a rate d·lr, where d grows with Σ d²·⟨g, x₀ − x⟩ over ‖Σ d²·g‖₁, both fading by √β2.

    d is one for all parameters. Nothing moves while all gradients have been 0; in the authors' code nothing is
    remembered, and no step counted, where lr is 0. `growth_rate` is ∞, its default.
    """
    g_t = g if decouple else l2_gradient()
    count = t if at_rest == "goes on" else k + 1
    correction = sqrt(1 - beta2**count) / (1 - beta1**count) if bias_correction else 1
    rate, beta3 = d * lr * correction, sqrt(beta2)
    m_t = beta1 * m + (1 - beta1) * d * g_t
    v_t = beta2 * v + (1 - beta2) * d**2 * g_t**2
    r_t = beta3 * r + d / d0 * rate * EverywhereMean(g_t * (x_start - x))
    s_t = beta3 * s + d / d0 * (d if warmup else rate) * g_t
    size = EverywhereMean(Abs(s_t))
    d_t = IfPositive(size, Max(d, d_coef * r_t / size), d)
    decayed = x * (1 - rate * weight_decay) if decouple else x
    after = {m: m_t, v: v_t, r: r_t, s: s_t, d: d_t, **({k: k + 1} if bias_correction and count != t else {})}
    if at_rest == "frozen":
        going = Gt((1 - beta1) * lr, 0)  # sympy takes lr > 0 for granted, and a schedule may stop it
        after = {old: Piecewise((new, going), (old, True)) for old, new in after.items()}
    return Rule(
        "prodigy",
        x=IfPositive(size, decayed - rate * m_t / (sqrt(v_t) + d_t * eps), x),
        state={x_start: x_start, **after},
        init={x_start: x, d: d0},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2306.06101", "Algorithm 4, from memory", checked="konstmish/prodigy@009a715677"),
        names={G: g_t, RATE: rate},
    )
