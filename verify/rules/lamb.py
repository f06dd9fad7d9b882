"""LAMB (arXiv:1904.00962)."""

from dataclasses import replace
from typing import Literal

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import eps, weight_decay
from lawful.verify.rules.adam import CORRECTION, adamw
from lawful.verify.transformations import trusted


@family(words={**CORRECTION, **trusted.WORDS})
def lamb(
    *,
    bias_correction: bool = True,
    clamp: Literal[False, True, "ratio"] = False,
    ratio: Literal["always", "with decay"] = "always",
) -> Rule:
    """AdamW's step, decay and all, made as long as the weight.

    `ratio="with decay"` is timm's and apex's default: Adam where there is no decay. The code it was checked against is
    the one that the paper's abstract names.
    """
    rule = trusted.trusted.build(adamw(bias_correction=bias_correction), clamp=clamp, ratio=ratio)
    return replace(rule, defaults={**rule.defaults, eps: 1e-6, weight_decay: 0.0})
