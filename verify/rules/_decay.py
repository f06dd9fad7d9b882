"""Weight decay in its two forms: added to the gradient (L2), or a shrinking of the old weight (decoupled)."""

from typing import Literal

from sympy import Expr

from lawful.verify.symbols import g, lr, weight_decay, x

Decay = Literal["lr*wd", "wd"]
"""What decoupled decay multiplies: lr·wd (torch), or wd alone (the paper, with its schedule multiplier at 1)."""

SPELLINGS = {"decay": ("fixed_decay", {"lr*wd": False, "wd": True})}


def l2_gradient() -> Expr:
    """The gradient of the loss with (wd/2)·x² added."""
    return g + weight_decay * x


def shrunk(weight: Expr, decay: Decay = "lr*wd") -> Expr:
    """`weight` after decoupled decay."""
    return weight * (1 - (lr * weight_decay if decay == "lr*wd" else weight_decay))
