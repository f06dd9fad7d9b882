"""Schedule-free SGD (arXiv:2405.15682)."""

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, lr, momentum, weight_decay, x
from lawful.verify.rules.adamw_schedulefree import WARMED, interpolated, power, r, warmup_steps

DEFAULTS = {lr: 1.0, momentum: 0.9, weight_decay: 0.0, warmup_steps: 0.0, r: 0.0, power: 2.0}


@family(allows=lambda options, hyper: 0 < hyper["momentum"] < 1)
def sgd_schedulefree() -> Rule:
    """Steps along the gradient and the decay, both at y; `momentum` is how near y is to the average."""
    return interpolated("sgd_schedulefree", g + weight_decay * x, WARMED, momentum, defaults=DEFAULTS)
