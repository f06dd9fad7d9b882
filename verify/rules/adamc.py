"""AdamC (arXiv:2506.02285): AdamW whose decay is corrected for the schedule of weights that are normalised."""

from dataclasses import replace

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, lr_0, weight_decay, x
from lawful.verify.rules.adam import AMSGRAD, DEFAULTS, adam


@family(words=AMSGRAD)
def adamc(*, amsgrad: bool = False) -> Rule:
    """The old weight decays by wd·lr²/lr₀, where lr₀ is the largest rate, with which the schedule begins here.

    So weights whose scale the loss does not feel keep one ratio of gradient to weight, whatever the schedule; the
    others decay as AdamW's. timm takes one lr₀ for all groups, the constructor's.
    """
    rule = adam(amsgrad=amsgrad).replace({weight_decay: 0})
    return replace(
        rule,
        x=x * (1 - weight_decay * lr**2 / lr_0) + (rule.x - x),
        defaults={**DEFAULTS, weight_decay: 1e-2, lr_0: DEFAULTS[lr]},
        source=Source("arXiv:2506.02285", "Algorithm 2, from memory", checked="timm 1.0.31"),
    )
