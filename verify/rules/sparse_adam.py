"""Adam for gradients that are sparse tensors."""

from sympy import Abs, Expr, Gt, Piecewise, Symbol

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, g, lr, m, t, v, x
from lawful.verify.rules.adam import DEFAULTS, EPS, Eps, denominator

M, V = Symbol("m_hat"), Symbol("v_hat")


@family(words=EPS)
def sparse_adam(*, eps: Eps = "hat") -> Rule:
    """torch.optim.SparseAdam: where the gradient has no entry, parameter and moments stay; t counts every step.

    The gradients that are fed leave out exactly what is 0, so that g ≠ 0 says where there is an entry.
    """

    def where_present(new: Expr, old: Expr) -> Expr:
        return Piecewise((new, Gt(Abs(g), 0)), (old, True))

    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    return Rule(
        "sparse_adam",
        x=where_present(x - lr * m_hat / denominator(v_t, 1 - beta2**t, eps), x),
        state={m: where_present(m_t, m), v: where_present(v_t, v)},
        defaults=DEFAULTS,
        source=Source(
            "arXiv:1412.6980",
            "Algorithm 1, from memory, in the form of torch.optim.SparseAdam",
            checked="torch 2.13.0",
        ),
        names={M: m_hat, V: v_hat},
        dimensions=(1, 9),
        sparse=True,
    )
