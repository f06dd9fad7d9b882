"""NovoGrad (arXiv:1905.11286): one second moment for a tensor, by which the gradient is divided first."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import WORDS, shrunk
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, v_max, weight_decay, x
from lawful.verify.language.tensors import IfPositive, Total

SQUARES, U = Symbol("q_t"), Symbol("u_t")

DEFAULTS = {lr: 1e-3, beta1: 0.95, beta2: 0.98, eps: 1e-8, weight_decay: 0.0}
CHOICES: Words = {
    "start": {"while 0": "moments that start from 0", "step 1": "moments that start as those of step 1"},
    "averaging": {False: "a sum of gradients", True: "an average of gradients"},
    "amsgrad": {False: "no maximum", True: "the maximum of the second moment"},
}
SPELLED: Spellings = {
    "averaging": {"grad_averaging": {False: False, True: True}},
    "decouple": {
        "decoupled_decay": {False: False, True: True},
        "weight_decouple": {False: False, True: True},
    },
}


@family(spellings=SPELLED, words={**WORDS, **CHOICES})
def novograd(
    *,
    decouple: bool = False,
    averaging: bool = False,
    start: Literal["while 0", "step 1"] = "while 0",
    amsgrad: bool = False,
) -> Rule:
    """Momentum of g/(√v + eps) + wd·x, where v averages ‖g‖².

    In the paper both moments are in step 1 what they then take in (`start="step 1"`); in NVIDIA's code v is that while
    it is 0, and the other moment starts from 0.
    """
    squares = Total(g**2)
    v_t, share = beta2 * v + (1 - beta2) * squares, 1 - beta1 if averaging else 1
    if start == "step 1":
        v_t, share = (
            Piecewise((first, Eq(t, 1)), (then, True)) for first, then in ((squares, v_t), (1, share))
        )
    else:
        v_t = IfPositive(v, v_t, squares)
    second = Max(v_max, v_t) if amsgrad else v_t
    u_t = g / (sqrt(second) + eps) + (0 if decouple else weight_decay * x)
    m_t = beta1 * m + share * u_t
    return Rule(
        "novograd",
        x=(shrunk(x) if decouple else x) - lr * m_t,
        state={m: m_t, v: v_t, **({v_max: second} if amsgrad else {})},
        defaults=DEFAULTS,
        source=Source(
            "arXiv:1905.11286", "Algorithm 1, from memory", checked="timm 1.0.31 and torch-optimizer 0.3.0"
        ),
        names={SQUARES: squares, U: u_t},
    )
