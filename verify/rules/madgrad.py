"""MADGRAD (arXiv:2101.11075): dual averaging with momentum, over the cube root of the sum of squares."""

from sympy import Gt, Piecewise, Rational, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import Spellings, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, momentum, t, v, weight_decay, x, x_start

s = Symbol("s", real=True)
G, WEIGHT_T, Z = Symbol("g_t"), Symbol("lambda_t"), Symbol("z_t")

# sympy takes lr > 0 for granted, and a schedule may stop it
RATE = Piecewise((lr + eps, Gt((1 - momentum) * lr, 0)), (0, True))
DEFAULTS = {lr: 1e-2, momentum: 0.9, weight_decay: 0.0, eps: 1e-6}
SPELLED: Spellings = {
    "decouple": {
        name: {False: False, True: True} for name in ("decouple_decay", "decoupled_decay", "weight_decouple")
    }
}


@family(spellings=SPELLED, words=WORDS, allows=lambda options, hyper: hyper["momentum"] > 0)
def madgrad(*, decouple: bool = False) -> Rule:
    """Gradients and their squares are summed with weights lr·√t; the weight averages x₀ − s/(∛v + eps).

    lr is eps more than it is, as in the authors' code, unless it is 0. Without momentum the code recovers x₀ from the
    weight, which is another rule where eps is changed, and not this one.
    """
    g_t = g if decouple else l2_gradient()
    s_t = s + RATE * sqrt(t) * g_t
    v_t = v + RATE * sqrt(t) * g_t**2
    z_t = x_start - s_t / (v_t ** Rational(1, 3) + eps)
    decay = RATE * weight_decay * x if decouple else 0
    return Rule(
        "madgrad",
        x=momentum * x + (1 - momentum) * z_t - decay,
        state={s: s_t, v: v_t, x_start: x_start},
        init={x_start: x},
        defaults=DEFAULTS,
        domains={momentum: WEIGHT},
        source=Source("arXiv:2101.11075", "Algorithm 1, from memory", checked="madgrad 1.3"),
        names={G: g_t, WEIGHT_T: RATE * sqrt(t), Z: z_t},
        counts="group",
    )
