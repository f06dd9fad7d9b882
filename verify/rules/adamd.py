"""AdamD (arXiv:2310.08858): Adam whose decay stays out of the moments, and is divided as the step is."""

from sympy import Symbol

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules.adam import CORRECTION, DEFAULTS, denominator

M, V = Symbol("m_hat"), Symbol("v_hat")


@family(words=CORRECTION)
def adamd(*, bias_correction: bool = True) -> Rule:
    """x − lr·H·(m̂ + wd·x) with H = 1/(√v̂ + eps): at rest where g = −wd·x, as with L2 and unlike AdamW.

    The paper's abstract and problem confirm moments that do not see the decay and convergence to stationary points of
    f(x) + (wd/2)·‖x‖², which this form has. It is derived here from them: the paper's algorithm was not read, and
    the place of eps and the bias corrections are Adam's. arXiv:2110.10828 has another AdamD, with one correction less.
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    bc1, bc2 = (1 - beta1**t, 1 - beta2**t) if bias_correction else (1, 1)
    scale = denominator(v_t, bc2, "outside")
    return Rule(
        "adamd",
        x=x - lr * (m_t / bc1) / scale - lr * weight_decay * x / scale,
        state={m: m_t, v: v_t},
        defaults={**DEFAULTS, weight_decay: 1e-2},
        source=Source("arXiv:2310.08858", "AdamD, derived here from its abstract"),
        names={M: m_t / bc1, V: v_t / bc2},
    )
