"""Gradient centralisation (arXiv:2004.01461)."""

from sympy import Gt, Piecewise

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g
from lawful.verify.language.tensors import RowMean, dim
from lawful.verify.language.transformation import fed, transformation


@transformation()
def centralized(rule: Rule) -> Rule:
    """The rule on gradients of matrices less the mean of each row; vectors are left alone.

    Of tensors with more dimensions the mean is over all but the first, which is not said here.
    """
    centred = Piecewise((g - RowMean(g), Gt(dim, 1)), (g, True))
    fewest, most = rule.dimensions
    source = Source("arXiv:2004.01461", "equation 1, from memory")
    return fed(rule, centred, source, dimensions=(fewest, min(most, 2)))
