"""SM3 (arXiv:1901.11150): Adagrad with one sum for each row and one for each column of a matrix."""

from typing import Literal

from sympy import Expr, Piecewise, Symbol, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, eps, g, lr, momentum, v, x
from lawful.verify.language.tensors import ColMax, RowMax, dim

R, C, NU = Symbol("R", nonnegative=True), Symbol("C", nonnegative=True), Symbol("nu_t")
DEFAULTS = {lr: 0.1, momentum: 0.0, eps: 1e-30}
DOMAINS = {eps: Domain((1e-3, 1e-30, 1e-10, 1e-2), open_low=True)}
WORDS: Words = {"version": {"II": "the largest of the sums", "I": "sums of the largest squares"}}


@family(words=WORDS)
def sm3(*, version: Literal["II", "I"] = "II") -> Rule:
    """ν = min(R, C) + g², of which R and C are what is largest in each row and column; of vectors, Adagrad's sum.

    The paper's first version, SM3-I, adds up the largest squares of each row and column, and takes the smaller sum.
    Of tensors with more dimensions every one has its sums, which is not said here.
    """
    r_1, c_1 = R + RowMax(g**2), C + ColMax(g**2)
    nu = Min(R, C) + g**2 if version == "II" else Min(r_1, c_1)
    r_t, c_t = (RowMax(nu), ColMax(nu)) if version == "II" else (r_1, c_1)

    def of_matrix(factored: Expr, plain: Expr) -> Expr:
        return Piecewise((factored, dim >= 2), (plain, True))

    b_t = momentum * b + (1 - momentum) * g / sqrt(of_matrix(nu, v + g**2) + eps)
    return Rule(
        "sm3",
        x=x - lr * b_t,
        state={b: b_t, R: of_matrix(r_t, R), C: of_matrix(c_t, C), v: of_matrix(v, v + g**2)},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source(
            "arXiv:1901.11150", "Algorithms 1 and 2", checked="google-research/google-research@0c1bbe5fc9"
        ),
        names={NU: nu},
        dimensions=(0, 2),
    )
