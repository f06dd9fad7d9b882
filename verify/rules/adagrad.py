"""Adagrad: the gradient divided by the root of the sum of all squares so far."""

from typing import Literal

from sympy import Symbol, sqrt

from lawful.verify.language import symbols
from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, t, v, weight_decay, x

lr_decay = Symbol("lr_decay", nonnegative=True)
v_0 = Symbol("initial_accumulator_value", nonnegative=True)

DEFAULTS = {lr: 1e-2, lr_decay: 0.0, weight_decay: 0.0, symbols.eps: 1e-10}
DOMAINS = {lr_decay: Domain((0.1, 1e-3, 0.5, 0.0)), v_0: Domain((0.1, 1.0, 1e-3, 0.0))}
SOURCE = Source(
    "Duchi, Hazan & Singer, JMLR 12 (2011)",
    "Figure 1, diagonal, from memory; options of torch.optim.Adagrad",
    checked="torch 2.13.0",
)
G, LR = Symbol("g_t"), Symbol("lr_t")


WORDS: Words = {
    "start": {"0": "a sum that starts at 0", "0.1": "a sum that starts at 0.1"},
    "eps": {"outside": "eps outside the root", "inside": "eps inside the root"},
}


@family(words=WORDS)
def adagrad(*, start: Literal["0", "0.1"] = "0", eps: Literal["outside", "inside"] = "outside") -> Rule:
    """torch.optim.Adagrad, whose sum starts at 0 unless told otherwise; TensorFlow's and Keras's start at 0.1, and have
    eps in the root, as optax has."""
    g_t = l2_gradient()
    lr_t = lr / (1 + (t - 1) * lr_decay)
    v_t = v + g_t**2
    return Rule(
        "adagrad",
        x=x - lr_t * g_t / (sqrt(v_t) + symbols.eps if eps == "outside" else sqrt(v_t + symbols.eps)),
        state={v: v_t},
        init={v: v_0},
        defaults={**DEFAULTS, v_0: float(start)},
        domains=DOMAINS,
        source=SOURCE,
        names={G: g_t, LR: lr_t},
    )
