"""Adam with selective projection decay (arXiv:2411.01713)."""

from dataclasses import replace
from typing import Literal

from sympy import Integer, Symbol

from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, weight_decay, x, x_start
from lawful.verify.language.tensors import IfPositive, Norm, Total
from lawful.verify.rules.adam import AMSGRAD, adam

NEW, RATIO = Symbol("n_t"), Symbol("r_t")


ANCHORS: Words = {"anchor": {"start": "distance from the first weights", "zero": "distance from 0"}}


@family(words={**ANCHORS, **AMSGRAD})
def spd(*, anchor: Literal["start", "zero"] = "start", amsgrad: bool = False) -> Rule:
    """Adam; where the gradient points back to the first weights and the step gains distance from them all the same,
    the tensor gives back a share of that gain.

    `anchor="zero"`: distance from 0, as the authors' code has it without pre-trained weights.
    """
    rule = adam(amsgrad=amsgrad).replace({weight_decay: 0})
    start = x_start if anchor == "start" else Integer(0)
    new, away = rule.x - start, x - start
    ratio = Max(0, (Norm(new) - Norm(away)) / Norm(new))
    back = IfPositive(Total(g * away), weight_decay * ratio, 0)
    return replace(
        rule,
        x=rule.x - back * new,
        state={**rule.state, **({x_start: x_start} if anchor == "start" else {})},
        init={x_start: x} if anchor == "start" else {},
        defaults={**rule.defaults, weight_decay: 0.0},
        source=Source(
            "arXiv:2411.01713",
            "Algorithm 1, from memory, as the authors' code computes it",
            checked="GT-RIPL/Selective-Projection-Decay@b377695542",
        ),
        names={**rule.names, NEW: rule.x, RATIO: ratio},
    )
