"""Gradients clipped before anything else is done with them: by value, by a tensor's norm, by that of all parameters."""

from typing import Literal

from sympy import Expr, Float, Integer, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g
from lawful.verify.language.tensors import EverywhereNorm, IfPositive, Norm
from lawful.verify.language.transformation import fed, transformation

largest = Symbol("max_norm", positive=True)
DOMAINS = {largest: Domain((1.0, 0.5, 0.1), open_low=True)}
CLIPPED = Symbol("c_t")

NOTHING = Integer(0)
ADDED = {"norm": NOTHING, "norm + 1e-6": Float("1e-6")}
"""To a norm before it divides, by torch 1e-6."""

WORDS: Words = {
    "over": {
        "tensor": "gradients clipped by the norm of each tensor",
        "parameters": "gradients clipped by the norm over all parameters",
        "value": "gradients clipped by value",
    },
    "divisor": {"norm": "a divisor that is the norm", "norm + 1e-6": "a divisor that is the norm and 1e-6"},
}


NORM = {"over": "parameters", "divisor": "norm + 1e-6"}
CLAIMS = {
    "clip_grad_norm_": NORM,
    "_clip_grads_with_norm_": NORM,
    "_get_total_norm": {"over": "parameters"},
    "clip_grad_value_": {"over": "value"},
}
"""Of torch.nn.utils; the third gives back the norm, and clips nothing."""


@transformation(words=WORDS, claims=CLAIMS)
def clipped(
    rule: Rule,
    *,
    over: Literal["tensor", "parameters", "value"] = "tensor",
    divisor: Literal["norm", "norm + 1e-6"] = "norm",
) -> Rule:
    """The rule on gradients no longer, or in no element larger, than `max_norm`.

    `divisor="norm + 1e-6"` is torch.nn.utils.clip_grad_norm_.
    """
    norm = EverywhereNorm(g) if over == "parameters" else Norm(g)
    bounded = Max(-largest, Min(largest, g)) if over == "value" else g * share(norm, largest, ADDED[divisor])
    source = Source("torch.nn.utils", "clip_grad_norm_ and clip_grad_value_", checked="torch 2.13.0")
    return fed(rule, bounded, source, defaults={largest: 1.0}, domains=DOMAINS, names={CLIPPED: bounded})


def share(norm: Expr, most: Expr, more: Expr = NOTHING) -> Expr:
    """What is left of a gradient that is to be no longer than `most`; all of it where its norm, and what is added to
    that before it divides, is no more. A norm of 0 divides nothing."""
    if more.is_positive:
        return Min(1, most / (norm + more))
    return IfPositive(norm + more - most, most / (norm + more), 1)
