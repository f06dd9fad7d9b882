"""Cautious steps (arXiv:2411.16085): only where they go with the gradient, and further there."""

from typing import Literal

from sympy import Expr, Mul, Rational, Symbol

from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr
from lawful.verify.language.tensors import IfPositive, Total, n
from lawful.verify.language.transformation import changed, parts, transformation

MASK, SCALE = Symbol("phi_t"), Symbol("s_t")

SHARE = Rational(1, 1000)
"""The least mean of the mask that is divided by."""

WORDS: Words = {
    "mask_scale": {"sum": "a mask times n/(Σ + 1)", "mean": "a mask over its mean, 1e-3 at least"}
}


def direction(step: Expr) -> Expr:
    """What has the step's sign: its factors, without what is divided by, which is positive in every rule."""
    factors = (factor.as_base_exp() for factor in Mul.make_args(step))
    return Mul(*(base**exponent for base, exponent in factors if not exponent.could_extract_minus_sign()))


@transformation(words=WORDS)
def cautious(rule: Rule, *, mask_scale: Literal["sum", "mean"] = "sum") -> Rule:
    """A lane moves only where step and gradient agree in sign; what is left is made longer for it. Decay apart from the
    gradient stays as it is.

    The authors' first code divides by the sum, today's by the mean.
    """
    decayed, step = parts(rule)
    mask = IfPositive(direction(step) * g, 1, 0)
    scale = n / (Total(mask) + 1) if mask_scale == "sum" else 1 / Max(Total(mask) / n, SHARE)
    source = Source(
        "arXiv:2411.16085",
        "Algorithm 2, from memory, with the scaling of the first released code",
        checked="kyleliang919/C-Optim@2c0517c4db",
    )
    return changed(rule, decayed - lr * scale * mask * step, source, names={MASK: mask, SCALE: scale})
