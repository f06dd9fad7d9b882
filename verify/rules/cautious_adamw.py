"""Cautious AdamW (arXiv:2411.16085)."""

from typing import Literal

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule
from lawful.verify.rules.adam import EPS, adamw
from lawful.verify.transformations import cautious


@family(spellings=SPELLINGS, words={**WORDS, **cautious.WORDS, **EPS})
def cautious_adamw(
    *,
    decay: Decay = "lr*wd",
    mask_scale: Literal["sum", "mean"] = "sum",
    eps: Literal["outside", "hat"] = "outside",
) -> Rule:
    """AdamW that moves a lane only where average and gradient agree in sign, and those further for it.

    Today's code of the authors scales by the mean (`mask_scale="mean"`), has eps 1e-6 and no decay by default, and in
    its loop, though not with foreach, Adam's epsilon hat (`eps="hat"`).
    """
    return cautious.cautious.build(adamw(decay=decay, eps=eps), mask_scale=mask_scale)
