"""Weight decay in place of a rule's own, if it has any: apart from the gradient, or in it."""

from typing import Literal

from lawful.verify.language.decay import RATES, WORDS, l2_gradient, shrunk, with_start
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import weight_decay, x
from lawful.verify.language.transformation import changed, fed, transformation

Form = Literal["lr*wd", "wd", "wd*lr/lr_0", "l2"]


@transformation(words=WORDS)
def decayed(rule: Rule, *, form: Form = "lr*wd", decay_order: Literal["before", "after"] = "before") -> Rule:
    """The old weight decays, or the new one (`decay_order="after"`); `form="l2"`: the gradient has wd·x added. A decay
    of the rule's own is left out."""
    rule = rule.replace({weight_decay: 0}) if weight_decay in rule.defaults else rule
    source = Source("arXiv:1711.05101", "§2 and Algorithm 2, from memory")
    if form == "l2":
        return fed(rule, l2_gradient(), source, defaults={weight_decay: 0.0})
    kept = shrunk(rule.x, form) if decay_order == "after" else rule.x - RATES[form] * x
    decay = with_start({**rule.defaults, weight_decay: 0.0}, form)
    return changed(rule, kept, source, defaults={s: v for s, v in decay.items() if s not in rule.defaults})
