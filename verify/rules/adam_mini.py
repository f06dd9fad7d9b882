"""Adam-mini (arXiv:2406.16793): AdamW with one second moment for a block of weights."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import RowMean, Total, dim, n

M, V = Symbol("m_hat"), Symbol("v_hat")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0}
WORDS: Words = {"block": {"tensor": "one second moment for a tensor", "row": "one second moment for a row"}}


@family(words=WORDS)
def adam_mini(*, block: Literal["tensor", "row"] = "tensor") -> Rule:
    """v averages the mean square of the block's gradients.

    The authors' code takes a weight's block from its parameter's name: heads of queries and keys, every weight of
    embeddings by itself (`adamw`), the tensor elsewhere. `block="row"`: one for a neuron, as in the paper.
    """
    square = Total(g**2) / n
    square = Piecewise((RowMean(g**2), Gt(dim, 1)), (square, True)) if block == "row" else square
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * square
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    return Rule(
        "adam_mini",
        x=shrunk(x) - lr * m_hat / (sqrt(v_hat) + eps),
        state={m: m_t, v: v_t},
        defaults=DEFAULTS,
        source=Source("arXiv:2406.16793", "Algorithm 1, from memory", checked="zyushun/Adam-mini@11ee30580c"),
        names={M: m_hat, V: v_hat},
    )
