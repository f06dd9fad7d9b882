"""Adaptive gradient clipping (arXiv:2102.06171): a row of a gradient is no longer than a share of the row's weights."""

from sympy import Expr, Gt, Piecewise, Symbol, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, x
from lawful.verify.language.tensors import IfPositive, Norm, RowMean, cols, dim
from lawful.verify.language.transformation import fed, transformation

clipping, least = Symbol("agc_clip", positive=True), Symbol("agc_eps", positive=True)
DOMAINS = {clipping: Domain((0.1, 0.01, 0.5), open_low=True), least: Domain((1e-3, 1e-2), open_low=True)}


@transformation()
def agc(rule: Rule) -> Rule:
    """Where ‖g‖ > λ·max(‖x‖, ε), of each row of a matrix or of a vector, g·λ·max(‖x‖, ε)/‖g‖.

    Of tensors with more dimensions a unit is all but the first, which is not said here.
    """
    most = clipping * Max(unit(x), least)
    fewest, dimensions = rule.dimensions
    return fed(
        rule,
        IfPositive(unit(g) - most, g * most / unit(g), g),
        Source("arXiv:2102.06171", "equation 3, from memory"),
        defaults={clipping: 1e-2, least: 1e-3},
        domains=DOMAINS,
        dimensions=(fewest, min(dimensions, 2)),
    )


def unit(e: Expr) -> Expr:
    """The norm of each row, of a vector its own."""
    return Piecewise((sqrt(RowMean(e**2) * cols), Gt(dim, 1)), (Norm(e), True))
