"""SGDP (arXiv:2006.08217): SGD without what its step has along scale-invariant weights."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, dampening, eps, g, lr, momentum, weight_decay, x
from lawful.verify.rules._projection import DEFAULTS, DOMAINS, projected
from lawful.verify.rules.sgd import NESTEROV

U, P, RATIO = Symbol("u_t"), Symbol("p_t"), Symbol("w_t")


BUFFER: Words = {
    "buffer": {"kept": "a buffer that is not projected", "projected": "a buffer that is projected in place"}
}


@family(words={**NESTEROV, **BUFFER})
def sgdp(*, nesterov: bool = False, buffer: Literal["kept", "projected"] = "kept") -> Rule:
    """Momentum, projected; the weight decays by lr·wd/(1 − momentum), times wd_ratio where it was.

    Without look-ahead the authors' code projects the buffer itself (`buffer="projected"`), for it works in place. It
    has no default for lr. Rows are those of a matrix (see `adamp`).
    """
    b_t = momentum * b + (1 - dampening) * g
    u_t = g + momentum * b_t if nesterov else b_t
    p_t, ratio = projected(u_t)
    return Rule(
        "sgdp",
        x=x * (1 - lr * weight_decay * ratio / (1 - momentum)) - lr * p_t,
        state={b: p_t if buffer == "projected" and not nesterov else b_t},
        defaults={lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, eps: 1e-8, **DEFAULTS},
        domains={**DOMAINS, momentum: WEIGHT},
        source=Source("arXiv:2006.08217", "Algorithm 1, from memory", checked="adamp 0.3.0"),
        names={U: u_t, P: p_t, RATIO: ratio},
        dimensions=(0, 2),
    )
