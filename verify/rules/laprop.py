"""LaProp (arXiv:2002.04839): the gradient is normalised first and averaged then."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, shrunk
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, v_max, weight_decay, x
from lawful.verify.rules.adam import EPS, ORDER, denominator

lr_avg = Symbol("lr_avg", nonnegative=True)
N = Symbol("n_t")

DEFAULTS = {lr: 4e-4, beta1: 0.9, beta2: 0.999, eps: 1e-15, weight_decay: 0.0}
PLACES: Words = {
    "lr_place": {
        "inside": "lr inside the buffer",
        "outside": "lr outside the buffer",
    },
    "amsgrad": {False: "no maximum", True: "the maximum of the second moment"},
}


@family(spellings=SPELLINGS, words={**WORDS, **PLACES, **ORDER, "eps_place": EPS["eps"]})
def laprop(
    *,
    lr_place: Literal["inside", "outside"] = "inside",
    decay: Literal["wd", "lr*wd"] = "wd",
    eps_place: Literal["outside", "hat"] = "outside",
    amsgrad: bool = False,
    decay_order: Literal["after", "before"] = "after",
) -> Rule:
    """The average of the normalised gradients times lr, corrected by the average of lr; then decay of the new weight.

    So the authors' code, which decays by wd alone, and where lr is 0 steps by the whole buffer, which this does not.
    The paper averages without lr (`lr_place="outside"`).
    """
    v_t = beta2 * v + (1 - beta2) * g**2
    second = Max(v_max, v_t) if amsgrad else v_t
    n_t = g / denominator(second, 1 - beta2**t, eps_place)
    inside = lr_place != "outside"
    m_t = beta1 * m + (1 - beta1) * (lr * n_t if inside else n_t)
    average = beta1 * lr_avg + (1 - beta1) * lr
    started = Piecewise((lr * m_t / average, Gt(average, 0)), (0, True))
    step = started if inside else lr * m_t / (1 - beta1**t)
    return Rule(
        "laprop",
        x=shrunk(x - step, decay) if decay_order == "after" else shrunk(x, decay) - step,
        state={
            m: m_t,
            v: v_t,
            **({v_max: second} if amsgrad else {}),
            **({lr_avg: average} if inside else {}),
        },
        defaults=DEFAULTS,
        source=Source(
            "arXiv:2002.04839", "Algorithm 1, from memory", checked="Z-T-WANG/LaProp-Optimizer@9373f1370b"
        ),
        names={N: n_t},
    )
