"""MARS (arXiv:2411.10438): AdamW or Lion of a gradient whose variance is reduced by the one before."""

from typing import Literal

from sympy import Eq, Piecewise, Symbol, sign

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import Norm
from lawful.verify.rules.adam import EPS, denominator

gamma, g_prev = Symbol("gamma", nonnegative=True), Symbol("g_prev", real=True)
RAW, C = Symbol("c_raw"), Symbol("c_t")

DEFAULTS = {lr: 3e-3, beta1: 0.95, beta2: 0.99, eps: 1e-8, weight_decay: 0.0, gamma: 0.025}
FORMS: Words = {
    "form": {"adamw": "AdamW's step", "lion": "the sign of the average"},
    "first": {
        "from 0": "a first gradient that is a change from 0",
        "none": "a first gradient that is no change",
    },
}
SPELLED: Spellings = {"form": {"mars_type": {"adamw": "adamw", "lion": "lion"}}}


@family(spellings=SPELLED, words={**FORMS, "eps_place": EPS["eps"]})
def mars(
    *,
    form: Literal["adamw", "lion"] = "adamw",
    first: Literal["from 0", "none"] = "from 0",
    eps_place: Literal["outside", "hat"] = "outside",
) -> Rule:
    """c = g + γ·β1/(1 − β1)·(g − the one before), no longer than 1, in the gradient's place.

    The one before is of the batch before, as by default in the authors' code; before the first it is 0, or with timm
    the first itself. All tensors are treated alike (`optimize_1d=True`).
    """
    change = g - g_prev
    change = Piecewise((0, Eq(t, 1)), (change, True)) if first == "none" else change
    raw = g + gamma * beta1 / (1 - beta1) * change
    c_t = raw / Max(1, Norm(raw))
    m_t = beta1 * m + (1 - beta1) * c_t
    v_t = beta2 * v + (1 - beta2) * c_t**2
    adam = (m_t / (1 - beta1**t)) / denominator(v_t, 1 - beta2**t, eps_place)
    return Rule(
        "mars",
        x=shrunk(x) - lr * (adam if form == "adamw" else sign(m_t)),
        state={g_prev: g, m: m_t, **({v: v_t} if form == "adamw" else {})},
        defaults=DEFAULTS,
        domains={gamma: Domain((0.5, 0.025, 0.1, 1.0, 0.0))},
        source=Source("arXiv:2411.10438", "Algorithm 2, from memory", checked="AGI-Arena/MARS@20c60c1ca2"),
        names={RAW: raw, C: c_t},
    )
