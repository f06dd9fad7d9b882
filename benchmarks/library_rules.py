"""Forms of the rules that a published library follows and no convention of lawful's names yet.

`lawful check` takes them as `library_rules:NAME`, where this folder is importable.
"""

from dataclasses import replace
from typing import Literal

from sympy import Rational

from lawful.verify.rule import Rule, family
from lawful.verify.rules._decay import Decay
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.adopt import adopt
from lawful.verify.rules.lion import lion
from lawful.verify.rules.sgd import sgd, sgdw
from lawful.verify.symbols import dampening, momentum, t, weight_decay

LR = Rational(1, 20)
"""The learning rate that the constructor is given where decay is measured by it: `--arg lr=0.05`."""


def scheduled(rule: Rule) -> Rule:
    """Decay by wd·lr/LR: it follows the schedule of lr, not lr's size (arXiv:1711.05101, Algorithm 2)."""
    return replace(rule.replace({weight_decay: weight_decay / LR}), defaults=rule.defaults)


LION_SCHEDULED = scheduled(lion())
ADAMW_SCHEDULED = scheduled(adamw())
SGDW_SCHEDULED = scheduled(sgdw())

SGD_AVERAGED = sgd(first_step="damped").replace({dampening: momentum})
"""SGD whose buffer is an average from 0: dampening is the momentum."""

SGD_AVERAGED_FROM_FIRST = sgd().replace({dampening: momentum})
"""The same, from the first gradient."""


@family(spellings=adopt.spellings)
def adopt_counting_calls(
    *,
    decouple: bool = False,
    decay: Decay = "lr*wd",
    clip: Literal["t^(1/4)", "none"] = "t^(1/4)",
) -> Rule:
    """ADOPT that decays on the silent call and counts it: call t clips at t^¼, not at (t−1)^¼."""
    rule = adopt(first_call="decays", decouple=decouple, decay=decay, clip=clip)
    return rule.replace({(t - 1) ** Rational(1, 4): t ** Rational(1, 4)})
