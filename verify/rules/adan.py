"""Adan (arXiv:2208.06677): Adam with Nesterov's look-ahead, written with differences of gradients."""

from typing import Literal

from sympy import Eq, Expr, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, eps, g, lr, m, t, v, weight_decay, x

g_prev, change = Symbol("g_prev", real=True), Symbol("m_change", real=True)
DIFFERENCE = Symbol("y_t")

DEFAULTS = {lr: 1e-3, beta1: 0.98, beta2: 0.92, beta3: 0.99, eps: 1e-8, weight_decay: 0.0}
PRESENT = Domain((0.5, 0.1, 0.02, 0.08, 0.01, 0.9), high=1.0, open_low=True)

FORMS: Words = {
    "decay": {
        "proximal": "decay by a division by 1 + lr·wd after the step",
        "before": "decay of the old weight by lr·wd",
    },
    "weights": {"past": "each β the past's weight", "present": "each β the present's weight"},
    "foresees": {
        "beta2": "the change weighed as the past's is",
        "1 - beta2": "the change weighed as the present's is",
    },
    "first": {
        "averaged": "averages of every gradient",
        "left out": "averages that leave the first gradient out",
    },
}
SPELLED: Spellings = {
    "decay": {
        "no_prox": {"proximal": False, "before": True},
        "weight_decouple": {"proximal": False, "before": True},
    }
}


@family(spellings=SPELLED, words=FORMS)
def adan(
    *,
    decay: Literal["proximal", "before"] = "proximal",
    weights: Literal["past", "present"] = "past",
    foresees: Literal["beta2", "1 - beta2"] = "beta2",
    first: Literal["averaged", "left out"] = "averaged",
) -> Rule:
    """Averages of the gradient and of its change, over the root of the average square of what both foresee.

    Each β weighs the past, as in the authors' code; in the paper it weighs the present. The first gradient has not
    changed. `decay="before"` is the code's `no_prox`. adan-pytorch has the paper's weights, and leaves the first
    gradient out of averages that it corrects as if it were there. Optax has the code's weights, and the paper's 1 − β₂
    before the change.
    """
    b1, b2, b3 = (beta1, beta2, beta3) if weights == "past" else (1 - beta1, 1 - beta2, 1 - beta3)

    def average(b: Expr, old: Symbol, new: Expr) -> Expr:
        mean = b * old + (1 - b) * new
        return mean if first == "averaged" else Piecewise((old, Eq(t, 1)), (mean, True))

    share = b2 if foresees == "beta2" else 1 - b2
    y_t = Piecewise((0, Eq(t, 1)), (g - g_prev, True))
    m_t, change_t = average(b1, m, g), average(b2, change, y_t)
    v_t = average(b3, v, (g + share * y_t) ** 2)
    m_hat, v_hat = m_t / (1 - b1**t), v_t / (1 - b3**t)
    step = lr * (m_hat + share * change_t / (1 - b2**t)) / (sqrt(v_hat) + eps)
    return Rule(
        "adan",
        x=(x - step) / (1 + lr * weight_decay) if decay == "proximal" else shrunk(x) - step,
        state={g_prev: g, m: m_t, change: change_t, v: v_t},
        defaults=DEFAULTS if weights == "past" else {**DEFAULTS, beta1: 0.02, beta2: 0.08, beta3: 0.01},
        domains={beta3: WEIGHT} if weights == "past" else dict.fromkeys((beta1, beta2, beta3), PRESENT),
        tuples={"betas": (beta1, beta2, beta3)},
        source=Source("arXiv:2208.06677", "Algorithm 1, from memory", checked="sail-sg/Adan@062d4cd5de"),
        names={DIFFERENCE: y_t},
    )
