"""LAMB (arXiv:1904.00962)."""

from dataclasses import replace
from typing import Literal

from lawful.verify.errors import Unanswerable
from lawful.verify.language.decay import shrunk
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, eps, t, weight_decay, x
from lawful.verify.rules.adam import CORRECTION, adamw
from lawful.verify.transformations import trusted

CORRECTIONS: Words = {
    "bias_correction": {**CORRECTION["bias_correction"], "rate": "lr over 1 − β1ᵗ, and no other correction"}
}


@family(words={**CORRECTIONS, **trusted.WORDS})
def lamb(
    *,
    bias_correction: Literal[True, False, "rate"] = True,
    clamp: Literal[False, True, "ratio"] = False,
    ratio: Literal["always", "with decay"] = "always",
    part: Literal["all", "step", "step + eps"] = "all",
) -> Rule:
    """AdamW's step, decay and all, made as long as the weight.

    `ratio="with decay"` is timm's and apex's default: Adam where there is no decay. The code it was checked against is
    the one that the paper's abstract names.
    """
    if bias_correction == "rate" and part == "all":
        raise Unanswerable(
            "lamb(bias_correction='rate') is known with a ratio without the decay, part='step + eps'."
        )
    rule = trusted.trusted.build(
        adamw(bias_correction=bias_correction is True), clamp=clamp, ratio=ratio, part=part
    )
    start = x if part == "all" else shrunk(x)
    new = start + (rule.x - start) / (1 - beta1**t) if bias_correction == "rate" else rule.x
    return replace(rule, x=new, defaults={**rule.defaults, eps: 1e-6, weight_decay: 0.0})
