"""Tiger (Su 2023, kexue.fm/archives/9512): the sign of one average, by a rate that is the weight's size."""

from typing import Literal

from sympy import Symbol, sign

from lawful.verify.language.decay import WORDS, l2_gradient
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, m, weight_decay, x
from lawful.verify.language.tensors import rms

beta = Symbol("beta", nonnegative=True)
G, RATE = Symbol("g_t"), Symbol("eta_t")

DEFAULTS = {lr: 1e-3, beta: 0.965, weight_decay: 1e-2}
RATES: Words = {
    "rate": {"lr*rms": "lr times the root mean square of the weight", "lr": "lr as it is"},
}


@family(words={**WORDS, **RATES})
def tiger(*, rate: Literal["lr*rms", "lr"] = "lr*rms", decouple: bool = True) -> Rule:
    """x ← x − η·(sign(m) + wd·x), where η is lr·RMS(x).

    The authors' code looks at names: embeddings have a rate for each row, biases lr/2 and no decay. Ports have lr.
    """
    g_t = g if decouple else l2_gradient()
    m_t = beta * m + (1 - beta) * g_t
    eta = lr * rms(x) if rate == "lr*rms" else lr
    decayed = x * (1 - eta * weight_decay) if decouple else x
    return Rule(
        "tiger",
        x=decayed - eta * sign(m_t),
        state={m: m_t},
        defaults=DEFAULTS,
        domains={beta: WEIGHT},
        source=Source("kexue.fm/archives/9512", "from memory", checked="bojone/tiger@8af98655b9"),
        names={G: g_t, RATE: eta},
    )
