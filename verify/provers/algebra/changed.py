"""Proofs of symmetries: with the changed quantities put in, every next value is the changed one.

The claim says how each quantity changes: times c^k, with its sign turned or not, or further by so much.
"""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from sympy import (
    Abs,
    Add,
    And,
    Dummy,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Or,
    Piecewise,
    Pow,
    Symbol,
    sign,
)
from sympy import preorder_traversal as nodes
from sympy.core.relational import Relational

from lawful.verify.language.symbols import g, x
from lawful.verify.language.tensors import SIZES, EverywhereMean, IfPositive, Norm, Total
from lawful.verify.provers.algebra.carrying import SAME, TURNED, Carrying, Differs, Factor, equal
from lawful.verify.provers.algebra.unroll import at, at_rest, cases, relevant
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.changes import Change, Cut, Flipped, Permuted, Scaled, Shifted
from lawful.verify.provers.claims import Covariant


def covariant(claim: Covariant) -> Answer:
    """Whether every next value, from changed quantities, is the changed next value; and the first values too."""
    system = relevant(claim.rule)
    if claim.rule.x == x:
        return Answer(False, ["It stands still."])
    try:
        for symbol, expr in system.items():
            _follows(claim.change, claim, symbol, expr)
    except Differs as reason:
        return Answer(False, [f"It has not: {reason}."])
    return Answer(
        True, [f"Put in, the changed quantities change the next {', '.join(map(str, system))} alike."]
    )


@singledispatch
def _follows(change: Change, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    """Raises `Differs` unless the next value of a symbol, and its first, change as the symbol does."""
    raise NotImplementedError(f"it is not known how to prove {type(change).__name__}")


@_follows.register
def _(change: Scaled, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    powers = {**claim.degrees, **change.degrees}
    factors = {
        s: (Integer(k), Integer(0)) if isinstance(k, int) else (k, Integer(0)) for s, k in powers.items()
    }
    _by(factors, change.each, claim, symbol, expr)


@_follows.register
def _(change: Flipped, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    _by({x: TURNED, g: TURNED}, True, claim, symbol, expr)


def _by(given: Mapping[Symbol, Factor], each: bool, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    carry = Carrying({**claim.state, **given}, each, frozenset(claim.rule.defaults))
    wanted = carry.factors.get(symbol, SAME)
    for value, words in ((expr, "next"), (claim.rule.initial(symbol) if symbol != x else x, "first")):
        found = carry.of(value)
        if found is not None and not equal(found, wanted):
            raise Differs(f"the {words} {symbol} changes by another factor")


@_follows.register
def _(change: Shifted, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    h = Dummy("h", real=True)
    by = {s: claim.state.get(s, (Integer(0), Integer(0)))[0] for s in claim.rule.state} | {x: Integer(1)}
    further = {s: s + k * h for s, k in by.items() if k != 0}
    first = claim.rule.initial(symbol) if symbol != x else x
    for value, words in ((expr, "next"), (first, "first")):
        value = value.xreplace({f: Dummy(real=True) for f in at_rest(value, further.keys())})
        gap = at(value, further) - value - by.get(symbol, Integer(0)) * h
        if not all(vanishes(rest) for _, rest in cases(gap)):
            raise Differs(f"the {words} {symbol} depends on where x is")


LANE = (Add, Mul, Pow, Max, Min, Abs, sign, Piecewise, IfPositive, Relational, And, Or, Symbol)
"""What looks at each lane alone."""


@_follows.register
def _(change: Cut, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    _made_of(LANE, expr, symbol)
    if expr.free_symbols & {*SIZES}:
        raise Differs(f"the next {symbol} depends on the tensor's size")


@_follows.register
def _(change: Permuted, claim: Covariant, symbol: Symbol, expr: Expr) -> None:
    _made_of((*LANE, Total, EverywhereMean, Norm), expr, symbol)


def _made_of(kinds: tuple[Any, ...], expr: Expr, symbol: Symbol) -> None:
    for node in nodes(expr):
        if not (isinstance(node, kinds) or node.is_number or node.is_Boolean or type(node).__name__ in PARTS):
            raise Differs(
                f"{type(node).__name__} in the next {symbol} sees more than a lane or a sum over all"
            )


PARTS = ("ExprCondPair", "Tuple")
"""How sympy holds the cases of a Piecewise."""
