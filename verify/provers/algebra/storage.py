"""How many numbers a rule keeps, from the axes along which its states vary."""

from functools import reduce

from sympy import Expr, Integer, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, x
from lawful.verify.language.tensors import MAXIMA, SUMS, Norm, cols, dim, rows

Axes = frozenset[Symbol]
MATRIX: Axes = frozenset({rows, cols})
ALONG = {-1: Axes({cols}), -2: Axes({rows}), None: MATRIX}
ACROSS = {Norm: MATRIX, **{kind: ALONG[kind.axis] for kind in (*SUMS, *MAXIMA)}}
"""Function → the axes along which its value is the same."""


def per_parameter(rule: Rule) -> Expr:
    """How many numbers a rule keeps for each parameter of a matrix, single numbers for all of it not counted."""
    return sum(shares(rule.replace({dim: 2})).values(), Integer(0))


def shares(rule: Rule) -> dict[Symbol, Expr]:
    """State that is read → how many of its numbers there are for each parameter; single numbers are left out."""
    read = {s for e in (rule.x, *rule.state.values()) for s in e.free_symbols}
    states = {s: e for s, e in rule.state.items() if s in read}
    axes = {s: along(rule.initial(s), {}) for s in states}
    while (wider := {s: axes[s] | along(e, axes) for s, e in states.items()}) != axes:
        axes = wider
    return {s: _share(found) for s, found in axes.items() if found}


def along(expr: Expr, states: dict[Symbol, Axes]) -> Axes:
    """The axes along which an expression varies."""
    if expr in (x, g):
        return MATRIX
    inside = reduce(Axes.union, (along(part, states) for part in expr.args), states.get(expr, Axes()))
    return inside - ACROSS.get(expr.func, Axes())


def _share(axes: Axes) -> Expr:
    """The numbers of a state, for each of rows·cols parameters."""
    missing = MATRIX - axes
    return Integer(1) / reduce(lambda product, axis: product * axis, sorted(missing, key=str), Integer(1))
