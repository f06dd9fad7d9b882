"""Adafactor (arXiv:1804.04235)."""

from math import inf, nan
from typing import Literal

from sympy import Expr, Piecewise, Rational, Symbol, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta2_decay, d, eps1, eps2, g, lr, t, v, weight_decay, x
from lawful.verify.language.tensors import ColMean, RowMean, dim, rms

R, C = Symbol("R", nonnegative=True), Symbol("C", nonnegative=True)
U, U_HAT, ALPHA, V = Symbol("u_t"), Symbol("u_hat"), Symbol("alpha_t"), Symbol("v_hat")

DEFAULTS = {lr: 1e-2, beta2_decay: -0.8, eps1: nan, eps2: 1e-3, d: 1.0, weight_decay: 0.0}
DOMAINS = {
    beta2_decay: Domain((-0.8, -0.3, -0.5, -1.0), low=-inf, high=0.0),
    eps1: Domain((1e-3, 1e-6, 1e-10)),
    eps2: Domain((1e-3, 1e-2, 0.1, 1.0, 0.0)),
    d: Domain((1.0, 1.5, 2.0), low=1.0),
}
CEILING = Rational(1, 100)
"""The authors' and fairseq's largest relative step."""

AUTHORS = "tensorflow/tensor2tensor@bafdc1b677 and facebookresearch/fairseq@3d262bb256"
CODE = {"torch": "torch 2.13.0", "fairseq": AUTHORS, "fairseq relative": AUTHORS}

WORDS: Words = {
    "form": {
        "torch": "torch's bounds of eps and lr",
        "fairseq": "fairseq's eps added to the square, and lr as it is",
        "fairseq relative": "fairseq's eps added to the square, and a rate of 1/√t without lr",
    }
}


@family(words=WORDS)
def adafactor(*, form: Literal["torch", "fairseq", "fairseq relative"] = "torch") -> Rule:
    """The second moment as an outer product of its row and column means, for tensors of two dimensions and more.

    torch bounds eps1 from below where it divides, and the rate by 1/√t; fairseq adds eps1 to g², as the authors do,
    takes lr as it is (`relative_step=False`, else 1/√t up to 1e-2) and decays by the scaled rate; the authors' has no
    decay.
    """
    square = g**2 if form == "torch" else g**2 + eps1
    w = t**beta2_decay
    r_t, c_t, v_t = (
        (1 - w) * old + w * new for old, new in ((R, RowMean(square)), (C, ColMean(square)), (v, square))
    )
    mean = Max(ColMean(r_t), eps1) if form == "torch" else ColMean(r_t)

    def of_matrix(factored: Expr, plain: Expr) -> Expr:
        return Piecewise((factored, dim >= 2), (plain, True))

    def normalised(second: Expr) -> Expr:
        return g / sqrt(Max(second, eps1**2) if form == "torch" else second)

    u_t = of_matrix(normalised(r_t * c_t / mean), normalised(v_t))
    clipped = u_t / Max(1, rms(u_t) / d)
    rates = {"torch": Min(lr, 1 / sqrt(t)), "fairseq": lr, "fairseq relative": Min(CEILING, 1 / sqrt(t))}
    alpha_t = Max(eps2, rms(x)) * rates[form]
    decayed = x * (1 - (lr if form == "torch" else alpha_t) * weight_decay)
    return Rule(
        "adafactor",
        x=decayed - alpha_t * clipped,
        state={R: of_matrix(r_t, R), C: of_matrix(c_t, C), v: of_matrix(v, v_t)},
        defaults=DEFAULTS,
        source=Source(
            "arXiv:1804.04235", "Algorithm 4, as torch.optim.Adafactor documents it", checked=CODE[form]
        ),
        domains=DOMAINS,
        tuples={"eps": (eps1, eps2)},
        names={U: u_t, U_HAT: clipped, ALPHA: alpha_t},
    )
