"""QHM (arXiv:1810.06801): momentum mixed with the present gradient."""

from sympy import Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.family import Spellings, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, g, lr, momentum, weight_decay, x

nu = Symbol("nu", nonnegative=True)
NU = Domain((0.7, 0.4, 0.9, 1.0, 0.0))
G = Symbol("g_t")

DEFAULTS = {lr: 1.0, momentum: 0.999, nu: 0.7, weight_decay: 0.0}
SPELLED: Spellings = {
    **SPELLINGS,
    "decouple": {
        "weight_decay_type": {False: "grad", True: "direct"},
        "weight_decouple": {False: False, True: True},
    },
}


@family(spellings=SPELLED, words=WORDS)
def qhm(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """The average of the gradients and the present one, by weights ν and 1 − ν.

    The authors' code has no defaults for lr, momentum and ν; these are the ones that the paper recommends.
    """
    g_t = g if decouple else l2_gradient()
    b_t = momentum * b + (1 - momentum) * g_t
    return Rule(
        "qhm",
        x=(shrunk(x, decay) if decouple else x) - lr * ((1 - nu) * g_t + nu * b_t),
        state={b: b_t},
        defaults=with_start(DEFAULTS, decay),
        domains={momentum: WEIGHT, nu: NU},
        source=Source(
            "arXiv:1810.06801", "Algorithm 1, from memory", checked="facebookresearch/qhoptim@abbbc9682b"
        ),
        names={G: g_t},
    )
