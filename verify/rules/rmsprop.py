"""RMSprop, plain and centred, with momentum."""

from typing import Literal

from sympy import Expr, Symbol, sqrt

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.family import Spellings, Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import alpha, b, eps, g_avg, lr, momentum, v, weight_decay, x

DEFAULTS = {lr: 1e-2, alpha: 0.99, eps: 1e-8, weight_decay: 0.0, momentum: 0.0}
G, D = Symbol("g_t"), Symbol("d_t")


WORDS: Words = {
    "centered": {False: "no centring", True: "centring"},
    "eps": {"outside": "eps outside the root", "inside": "eps inside the root"},
    "start": {0: "an average that starts at 0", 1: "an average that starts at 1"},
    "lr_place": {"outside": "lr outside the buffer", "inside": "lr inside the buffer"},
}
SPELLINGS: Spellings = {"eps": {"eps_in_sqrt": {"outside": False, "inside": True}}}


@family(spellings=SPELLINGS, words=WORDS)
def rmsprop(
    *,
    centered: bool = False,
    eps: Literal["outside", "inside"] = "outside",
    start: Literal[0, 1] = 0,
    lr_place: Literal["outside", "inside"] = "outside",
) -> Rule:
    """torch.optim.RMSprop; TensorFlow's is `rmsprop(eps="inside", start=1, lr_place="inside")`."""
    g_t = l2_gradient()
    v_t = alpha * v + (1 - alpha) * g_t**2
    state = {v: v_t}
    second = v_t
    if centered:
        state[g_avg] = alpha * g_avg + (1 - alpha) * g_t
        second = v_t - state[g_avg] ** 2

    ratio = g_t / _root(second, eps)
    b_t = momentum * b + (lr * ratio if lr_place == "inside" else ratio)
    state[b] = b_t
    return Rule(
        "rmsprop",
        x=x - (b_t if lr_place == "inside" else lr * b_t),
        state=state,
        defaults=DEFAULTS,
        source=Source(
            "Tieleman & Hinton 2012, lecture 6.5",
            "centred: arXiv:1308.0850, eq. 40, from memory",
            checked="torch 2.13.0",
        ),
        init={v: start},
        names={G: g_t, D: ratio},
    )


def _root(second: Expr, place: str) -> Expr:
    return sqrt(second) + eps if place == "outside" else sqrt(second + eps)
