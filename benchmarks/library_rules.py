"""Forms of the rules that a published library follows and no convention of lawful's names yet.

`lawful check` takes them as `library_rules:NAME`, where this folder is importable.
"""

from typing import Literal

from sympy import Rational

from lawful.verify.language.decay import Decay
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import dampening, momentum, t
from lawful.verify.rules.adopt import adopt
from lawful.verify.rules.sgd import sgd

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
