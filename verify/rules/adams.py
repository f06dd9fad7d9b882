"""Adam with stable weight decay (arXiv:2011.11152)."""

from dataclasses import replace

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, weight_decay
from lawful.verify.language.tensors import EverywhereMean
from lawful.verify.rules.adam import AMSGRAD, V, adam_like

MEAN = Symbol("v_mean", nonnegative=True)
CODE = "zeke-xie/stable-weight-decay-regularization@e0abb1d66e"


STABLE: Words = {
    "decay_eps": {False: "a mean under the decay as it is", True: "eps added to the root under the decay"}
}


@family(spellings=SPELLINGS, words={**WORDS, **AMSGRAD, **STABLE})
def adams(
    *,
    decouple: bool = True,
    amsgrad: bool = False,
    decay: Decay = "lr*wd",
    decay_eps: bool = False,
) -> Rule:
    """AdamW whose decay is divided by √(the mean of v̂ over all parameters of all groups that have a gradient).

    `decay_eps` adds eps to that root; without decoupling it is Adam with L2.
    """
    source = Source(
        "arXiv:2011.11152", "Algorithm 4, from memory, as the authors' code computes it", checked=CODE
    )
    rule = adam_like(1e-4, source, decouple, decay, amsgrad=amsgrad)
    if not decouple:
        return rule
    mean = EverywhereMean(rule.names[V])
    stable = weight_decay / (sqrt(mean) + (eps if decay_eps else 0))
    return replace(rule, x=rule.x.subs(weight_decay, stable), names={**rule.names, MEAN: mean})
