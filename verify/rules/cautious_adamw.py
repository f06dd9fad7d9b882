"""Cautious AdamW (arXiv:2411.16085)."""

from sympy import Symbol

from lawful.verify.rule import Rule, Source, family
from lawful.verify.rules._decay import SPELLINGS, Decay, shrunk, with_start
from lawful.verify.rules.adam import DEFAULTS, denominator
from lawful.verify.symbols import beta1, beta2, g, lr, m, t, v, weight_decay, x
from lawful.verify.tensors import IfPositive, Total, n

M, V, MASK, SCALE = Symbol("m_hat"), Symbol("v_hat"), Symbol("phi_t"), Symbol("s_t")


@family(spellings=SPELLINGS)
def cautious_adamw(*, decay: Decay = "lr*wd") -> Rule:
    """AdamW that moves a lane only where average and gradient agree in sign, and the others further for it."""
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    mask = IfPositive(m_t * g, 1, 0)
    scale = n / (Total(mask) + 1)
    step = lr * scale * mask * (m_t / (1 - beta1**t)) / denominator(v_t, 1 - beta2**t, "outside")
    return Rule(
        "cautious_adamw",
        x=shrunk(x, decay) - step,
        state={m: m_t, v: v_t},
        defaults=with_start({**DEFAULTS, weight_decay: 1e-2}, decay),
        source=Source("arXiv:2411.16085", "Algorithm 2, with the scaling of the released code"),
        names={M: m_t / (1 - beta1**t), V: v_t / (1 - beta2**t), MASK: mask, SCALE: scale},
    )
