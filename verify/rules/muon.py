"""Muon (Jordan et al. 2024)."""

from math import inf
from typing import Literal

from sympy import Expr, Float, Symbol, sqrt

from lawful.verify.language.decay import shrunk
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, eps, g, lr, momentum, weight_decay, x
from lawful.verify.language.tensors import NewtonSchulz, NewtonSchulzInBfloat16, cols, rows

ns_a, ns_b, ns_c = (Symbol(f"ns_{name}", real=True) for name in "abc")
ns_steps = Symbol("ns_steps", integer=True, positive=True)
U, ORTHOGONAL = Symbol("u_t"), Symbol("O_t")

DEFAULTS = {
    lr: 1e-3, weight_decay: 0.1, momentum: 0.95, ns_a: 3.4445, ns_b: -4.7750, ns_c: 2.0315, eps: 1e-7, ns_steps: 5,
}  # fmt: skip
DOMAINS = {
    momentum: WEIGHT,
    ns_a: Domain((3.4445, 3.4)),
    ns_b: Domain((-4.775, -4.8), low=-inf, high=0.0),
    ns_c: Domain((2.0315, 2.0)),
    ns_steps: Domain((1, 5, 2, 3), low=1, high=100),
}
SPELLED = {
    "rate": {"adjust_lr_fn": {r: r for r in ("original", "match_rms_adamw", "spectral_unclamped")}},
}


WORDS: Words = {
    "nesterov": {True: "a look-ahead", False: "no look-ahead"},
    "rate": {
        "original": "lr·√max(1, rows/cols)",
        "match_rms_adamw": "lr·0.2·√max(rows, cols)",
        "spectral_unclamped": "lr·√(rows/cols)",
    },
    "iteration": {
        "parameter": "an iteration in the parameter's precision",
        "bfloat16": "an iteration in bfloat16",
    },
}


@family(spellings=SPELLED, words=WORDS)
def muon(
    *,
    nesterov: bool = True,
    rate: Literal["original", "match_rms_adamw", "spectral_unclamped"] = "original",
    iteration: Literal["parameter", "bfloat16"] = "parameter",
) -> Rule:
    """torch.optim.Muon, for matrices: the average of the gradients, made nearly orthogonal by Newton–Schulz.

    Jordan's own code adds eps to the norm where torch's takes the larger of the two, has lr 0.02 and no decay by
    default, and takes a gradient that is missing for 0.

    `iteration` is the precision of Newton–Schulz: the parameter's, or bfloat16 as in torch. In bfloat16, as for
    bfloat16 parameters, one iteration has a budget of a tenth to a third of its norm, and two have none, as each
    may enlarge by 3.4 what was lost before. Where `ns_steps` can be 1, a step too long by a half is seen, as are a
    wrong number of iterations, a coefficient off by a fifth, no look-ahead or no decay, but not a momentum off by a
    tenth. Where it cannot, there is no verdict.
    """
    b_t = momentum * b + (1 - momentum) * g
    u_t = momentum * b_t + (1 - momentum) * g if nesterov else b_t
    orthogonalized = NewtonSchulz if iteration == "parameter" else NewtonSchulzInBfloat16
    o_t = orthogonalized(u_t, ns_a, ns_b, ns_c, eps, ns_steps)
    return Rule(
        "muon",
        x=shrunk(x) - lr * adjusted(rate) * o_t,
        state={b: b_t},
        defaults=DEFAULTS,
        source=Source(
            "Jordan et al. 2024, kellerjordan.github.io/posts/muon",
            "as torch.optim.Muon computes it",
            checked="torch 2.13.0 and KellerJordan/Muon@857d1adc15",
        ),
        domains=DOMAINS,
        tuples={"ns_coefficients": (ns_a, ns_b, ns_c)},
        names={U: u_t, ORTHOGONAL: o_t},
        dimensions=(2, 2),
    )


def adjusted(rate: str) -> Expr:
    """What the shape makes of the learning rate: arXiv:2502.16982, §2.2, for `match_rms_adamw`; torch 2.14 has all."""
    if rate == "match_rms_adamw":
        return Float("0.2") * sqrt(Max(rows, cols))
    return sqrt(Max(1, rows / cols) if rate == "original" else rows / cols)
