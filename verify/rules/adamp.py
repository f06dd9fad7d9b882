"""AdamP (arXiv:2006.08217): Adam without what its step has along scale-invariant weights."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.rules._projection import DEFAULTS, DOMAINS, projected
from lawful.verify.rules.adam import EPS, denominator
from lawful.verify.rules.sgd import NESTEROV

U, P, RATIO = Symbol("u_t"), Symbol("p_t"), Symbol("w_t")


@family(words={**NESTEROV, "eps_place": EPS["eps"]})
def adamp(*, nesterov: bool = False, eps_place: Literal["outside", "hat"] = "outside") -> Rule:
    """Adam's step over the root, projected; where it was, decay is multiplied by wd_ratio.

    Rows are those of a matrix: of a stack, the authors' code takes each first index for a row, which this does not say.
    """
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    first = beta1 * m_t + (1 - beta1) * g if nesterov else m_t
    u_t = first / denominator(v_t, 1 - beta2**t, eps_place)
    p_t, ratio = projected(u_t)
    return Rule(
        "adamp",
        x=x * (1 - lr * weight_decay * ratio) - lr / (1 - beta1**t) * p_t,
        state={m: m_t, v: v_t},
        defaults={lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, **DEFAULTS},
        domains=DOMAINS,
        source=Source("arXiv:2006.08217", "Algorithm 2, from memory", checked="clovaai/AdamP@146287bfd4"),
        names={U: u_t, P: p_t, RATIO: ratio},
        dimensions=(0, 2),
    )
