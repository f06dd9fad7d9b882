"""An average of the weights, kept beside them and used in their place for evaluation."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import t, x
from lawful.verify.language.transformation import changed, transformation

ema_decay = Symbol("ema_decay", nonnegative=True)
inv_gamma, power = Symbol("inv_gamma", positive=True), Symbol("ema_power", positive=True)
average = Symbol("ema", real=True)

WORDS: Words = {
    "forgets": {
        "exponentially": "an average that forgets at a rate",
        "warming up": "an average that forgets at min(rate, (1 + t)/(10 + t))",
        "by a power": "an average that forgets at min(rate, 1 − (1 + t/γ)^(−power))",
        "nothing": "the mean of all weights, the first ones included",
    }
}


GAMMA, POWER = Domain((2.0, 1.0, 5.0), open_low=True), Domain((0.75, 0.5, 1.0), open_low=True)
"""Of what says how soon the rate is reached; in the manner of timm's and diffusers' averages."""

CLAIMS = {
    "AveragedModel": {"forgets": "nothing"},
    "get_swa_avg_fn": {"forgets": "nothing"},
    "get_swa_multi_avg_fn": {"forgets": "nothing"},
    "get_ema_avg_fn": {},
    "get_ema_multi_avg_fn": {},
    "update_bn": {"forgets": "nothing"},
}
"""Of torch.optim.swa_utils; `update_bn` averages the statistics of batches."""


@transformation(words=WORDS, claims=CLAIMS)
def averaged(
    rule: Rule,
    *,
    forgets: Literal["exponentially", "warming up", "by a power", "nothing"] = "exponentially",
) -> Rule:
    """The rule as it is, and after each step ema ← d·ema + (1 − d)·x from the first weights on."""
    kept = {
        "exponentially": ema_decay,
        "warming up": Min(ema_decay, (1 + t) / (10 + t)),
        "by a power": Min(ema_decay, 1 - (1 + t / inv_gamma) ** -power),
        "nothing": t / (1 + t),
    }
    rate = kept[forgets]
    given = {} if forgets == "nothing" else {ema_decay: 0.999}
    given |= {inv_gamma: 1.0, power: 2 / 3} if forgets == "by a power" else {}
    return changed(
        rule,
        rule.x,
        Source(
            "Polyak & Juditsky 1992",
            "as torch.optim.swa_utils and TensorFlow keep it",
            checked="torch 2.13.0",
        ),
        state={average: rate * average + (1 - rate) * rule.x},
        init={average: x},
        defaults=given,
        domains={ema_decay: WEIGHT, inv_gamma: GAMMA, power: POWER},
        evaluated=average,
    )
