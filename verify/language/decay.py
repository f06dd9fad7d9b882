"""Weight decay in its two forms: added to the gradient (L2), or a shrinking of the old weight (decoupled)."""

from collections.abc import Mapping
from typing import Literal

from sympy import Expr, Symbol

from lawful.verify.language.family import Spellings, Words
from lawful.verify.language.symbols import g, lr, lr_0, weight_decay, x

Decay = Literal["lr*wd", "wd", "wd*lr/lr_0"]
"""What decoupled decay multiplies: lr·wd (torch); wd alone; wd times the schedule's multiplier lr/lr₀ (the paper)."""

SPELLINGS: Spellings = {"decay": {"fixed_decay": {"lr*wd": False, "wd": True}}}

WORDS: Words = {
    "decay": {
        "lr*wd": "decay by lr·wd",
        "wd": "decay by wd without lr",
        "wd*lr/lr_0": "decay by wd times the schedule's multiplier",
        "l2": "decay added to the gradient (L2)",
        "none": "no decay",
    },
    "decouple": {True: "decay apart from the gradient", False: "decay added to the gradient (L2)"},
}
"""Both, in words."""

RATES = {"lr*wd": lr * weight_decay, "wd": weight_decay, "wd*lr/lr_0": weight_decay * lr / lr_0}


def l2_gradient() -> Expr:
    """The gradient of the loss with (wd/2)·x² added."""
    return g + weight_decay * x


def shrunk(weight: Expr, decay: Decay = "lr*wd") -> Expr:
    """`weight` after decoupled decay."""
    return weight * (1 - RATES[decay])


def with_start(defaults: Mapping[Symbol, float], decay: str) -> dict[Symbol, float]:
    """The hyperparameters, and the learning rate that the schedule began with where decay is measured by it."""
    return {**defaults, **({lr_0: defaults[lr]} if decay == "wd*lr/lr_0" else {})}
