"""Signum (arXiv:1802.04434): the sign of an average of gradients."""

from sympy import sign

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, g, lr, momentum, weight_decay, x

DEFAULTS = {lr: 1e-3, momentum: 0.9, weight_decay: 0.0}


@family(spellings=SPELLINGS, words=WORDS)
def signum(*, decouple: bool = True, decay: Decay = "lr*wd") -> Rule:
    """Each lane moves by lr against the sign of its average; without momentum, of its gradient: signSGD."""
    b_t = momentum * b + (1 - momentum) * (g if decouple else l2_gradient())
    return Rule(
        "signum",
        x=(shrunk(x, decay) if decouple else x) - lr * sign(b_t),
        state={b: b_t},
        defaults=with_start(DEFAULTS, decay),
        domains={momentum: WEIGHT},
        source=Source("arXiv:1802.04434", "Algorithm 2, from memory", checked="pytorch-optimizer 4.1.0"),
    )
