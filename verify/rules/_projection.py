"""The projection of AdamP and SGDP (arXiv:2006.08217): it takes out what a step has along a scale-invariant weight."""

from sympy import Abs, Expr, Piecewise, Rational, Symbol, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max
from lawful.verify.language.symbols import eps, g, x
from lawful.verify.language.tensors import IfPositive, Norm, RowMean, Total, cols, dim, n

delta, wd_ratio = Symbol("delta", nonnegative=True), Symbol("wd_ratio", nonnegative=True)

DEFAULTS = {delta: 0.1, wd_ratio: 0.1}
DOMAINS = {delta: Domain((0.5, 0.1, 1.0, 0.0)), wd_ratio: Domain((0.5, 0.1, 0.0))}


def along_rows(e: Expr) -> Expr:
    """The sum of each row."""
    return cols * RowMean(e)


def cosine(product: Expr, first: Expr, second: Expr) -> Expr:
    """The size of a cosine, of a scalar product and two lengths."""
    return Abs(product) / (Max(first, eps) * Max(second, eps))


def projected(step: Expr) -> tuple[Expr, Expr]:
    """(step, what decay is multiplied by), for a step before lr.

    A weight counts as scale-invariant where the gradient is nearly orthogonal to it: every row to its row, or else the
    whole to the whole. Of vectors nothing is projected.
    """
    lengths = sqrt(along_rows(x**2)), sqrt(along_rows(g**2))
    rows = delta / sqrt(cols) - cosine(along_rows(x * g), *lengths)
    by_rows = Rational(1, 2) - Total(IfPositive(rows, 0, 1))
    whole = delta / sqrt(n) - cosine(Total(x * g), Norm(x), Norm(g))

    def of(row_by_row: Expr, at_once: Expr, neither: Expr) -> Expr:
        cases = IfPositive(by_rows, row_by_row, IfPositive(whole, at_once, neither))
        return Piecewise((cases, dim >= 2), (neither, True))

    unit, unit_row = x / (Norm(x) + eps), x / (lengths[0] + eps)
    without = step - unit_row * along_rows(unit_row * step), step - unit * Total(unit * step)
    return of(*without, step), of(wd_ratio, wd_ratio, Rational(1))
