"""TAM and AdaTAM (arXiv:2412.18790): what turns away from the momentum counts for less in it."""

from typing import Literal

from sympy import Eq, Expr, Float, Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, beta1, beta2, eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.language.tensors import ColMean, Norm, Total, dim, rows

Likeness = Literal["cosine", "products"]
"""The cosine of a tensor's gradient and momentum; or what each element adds to those of their columns."""

s, fade = Symbol("s", real=True), Symbol("decay_rate", nonnegative=True)
D, SMALL = Symbol("d_t"), Float("1e-12")
SOURCE = Source(
    "arXiv:2412.18790", "equations for TAM and AdaTAM, from memory", checked="pytorch-optimizer 4.1.0"
)
WORDS: Words = {
    "likeness": {
        "cosine": "the cosine of a tensor's",
        "products": "each element's own part in the cosine of its column",
    },
    "start": {
        "zero": "momentum that starts from 0",
        "gradient": "momentum that starts as the first gradient",
    },
}


DIMENSIONS = {"cosine": (0, 9), "products": (0, 2)}
"""Of tensors with more, columns are not what torch's first dimension is."""


def unit(e: Expr, likeness: Likeness) -> Expr:
    """A tensor over its norm; a matrix over those of its columns."""
    column = Piecewise((sqrt(ColMean(e**2) * rows), Gt(dim, 1)), (Norm(e), True))
    return e / Max(column if likeness == "products" else Norm(e), SMALL)


def faded(before: Expr, likeness: Likeness) -> Expr:
    """The average of how alike gradient and momentum are."""
    both = unit(before, likeness) * unit(g, likeness)
    return fade * s + (1 - fade) * (both if likeness == "products" else Total(both))


@family(words=WORDS)
def tam(*, likeness: Likeness = "cosine", start: Literal["zero", "gradient"] = "zero") -> Rule:
    """b ← μ·b + ((1 + s)/2 + eps)·g, where s averages how alike b and g are: ports, element by element."""
    before = Piecewise((g, Eq(t, 1)), (b, True)) if start == "gradient" else b
    s_t = faded(before, likeness)
    d_t = ((1 + s_t) / 2 + eps) * g
    b_t = momentum * before + d_t
    defaults = {lr: 1e-3, momentum: 0.9, fade: 0.9, eps: 1e-8, weight_decay: 0.0}
    return Rule(
        "tam",
        shrunk(x) - lr * b_t,
        {b: b_t, s: s_t},
        defaults,
        SOURCE,
        domains={fade: WEIGHT},
        names={D: d_t},
        dimensions=DIMENSIONS[likeness],
    )


@family(words=WORDS)
def adatam(*, likeness: Likeness = "cosine") -> Rule:
    """TAM's momentum over the root of the second moment of g; no bias correction, m is a sum."""
    s_t = faded(m, likeness)
    d_t = ((1 + s_t) / 2 + eps) * g
    m_t, v_t = beta1 * m + d_t, beta2 * v + (1 - beta2) * g**2
    defaults = {lr: 1e-3, beta1: 0.9, beta2: 0.999, fade: 0.9, eps: 1e-8, weight_decay: 0.0}
    new = shrunk(x) - lr * m_t / (sqrt(v_t) + eps)
    return Rule(
        "adatam",
        new,
        {m: m_t, v: v_t, s: s_t},
        defaults,
        SOURCE,
        domains={fade: WEIGHT},
        names={D: d_t},
        dimensions=DIMENSIONS[likeness],
    )
