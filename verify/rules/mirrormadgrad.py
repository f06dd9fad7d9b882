"""Mirror MADGRAD (in the package of MADGRAD, arXiv:2101.11075): what steps from where it is, and lets squares fade."""

from sympy import Rational, Symbol, sqrt

from lawful.verify.language.decay import WORDS, l2_gradient
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, momentum, t, v, weight_decay, x
from lawful.verify.rules.madgrad import DEFAULTS, RATE, SPELLED, G, Z

z = Symbol("z", real=True)


@family(spellings=SPELLED, words=WORDS, allows=lambda options, hyper: hyper["momentum"] > 0)
def mirrormadgrad(*, decouple: bool = False) -> Rule:
    """z steps by ∛t·g over the cube root of the squares, of which √((t − 1)/t) is kept; the weight averages z.

    Decoupled decay is of z. lr is eps more than it is, as in MADGRAD.
    """
    g_t = g if decouple else l2_gradient()
    v_t = sqrt((t - 1) / t) * v + g_t**2
    decayed = z * (1 - RATE * weight_decay) if decouple else z
    z_t = decayed - RATE * t ** Rational(1, 3) * g_t / (v_t ** Rational(1, 3) + eps)
    return Rule(
        "mirrormadgrad",
        x=momentum * x + (1 - momentum) * z_t,
        state={v: v_t, z: z_t},
        init={z: x},
        defaults=DEFAULTS,
        domains={momentum: WEIGHT},
        source=Source(
            "madgrad 1.3", "MirrorMADGRAD, which names arXiv:2101.11075 for MADGRAD", checked="madgrad 1.3"
        ),
        names={G: g_t, Z: z_t},
        counts="group",
    )
