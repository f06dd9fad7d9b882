"""MARS (arXiv:2411.10438) for matrices, and AdamW with numbers of its own for vectors and scalars."""

from typing import Literal

from sympy import Expr, Gt, Piecewise, Symbol

from lawful.verify.language.decay import with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import DOMAINS, beta1, beta2, g, lr, lr_0, m, t, v, weight_decay, x
from lawful.verify.language.tensors import dim
from lawful.verify.rules.adam import EPS, denominator
from lawful.verify.rules.mars import C, mars

beta1_1d, beta2_1d = (Symbol(f"{b}_1d", nonnegative=True) for b in ("beta1", "beta2"))
lr_1d, decay_1d = Symbol("lr_1d", positive=True), Symbol("weight_decay_1d", nonnegative=True)
OWN = {beta1_1d: 0.9, beta2_1d: 0.95, lr_1d: 3e-3, decay_1d: 0.1}


@family(words={"eps_place": EPS["eps"]})
def mars_by_rank(*, eps_place: Literal["outside", "hat"] = "outside") -> Rule:
    """The authors' default, `optimize_1d=False`; lr_1d changes as lr does."""
    whole = mars()
    b1, b2 = _by_rank(beta1, beta1_1d), _by_rank(beta2, beta2_1d)
    c_t = _by_rank(whole.names[C], g)
    m_t = b1 * m + (1 - b1) * c_t
    v_t = _by_rank(beta2 * v + (1 - beta2) * c_t**2, beta2_1d * v + (1 - beta2_1d) * g**2)
    rate, decay = _by_rank(lr, lr * lr_1d / lr_0), _by_rank(weight_decay, decay_1d)
    u_t = m_t / (1 - b1**t) / denominator(v_t, 1 - b2**t, eps_place)
    return Rule(
        "mars_by_rank",
        x=x * (1 - rate * decay) - rate * u_t,
        state={**whole.state, m: m_t, v: v_t},
        defaults=with_start({**whole.defaults, **OWN}, "wd*lr/lr_0"),
        domains={
            **whole.domains, beta1_1d: DOMAINS[beta1], beta2_1d: DOMAINS[beta2],
            lr_1d: Domain((0.02, 0.1, 3e-3), open_low=True), decay_1d: DOMAINS[weight_decay],
        },
        tuples={"betas_1d": (beta1_1d, beta2_1d)},
        source=Source("arXiv:2411.10438", "Algorithm 2, from memory", checked="AGI-Arena/MARS@20c60c1ca2"),
        names={C: c_t},
    )  # fmt: skip


def _by_rank(matrices: Expr, others: Expr) -> Expr:
    return Piecewise((matrices, Gt(dim, 1)), (others, True))
