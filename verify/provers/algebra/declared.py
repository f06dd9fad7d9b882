"""Proofs that a quantity has a sign wherever hyperparameters are in their domains: [low, high), t = 1, 2, …

Powers of what lies in [0, 1) lie there too: each becomes a fraction y/(1 + y) of its own, y ≥ 0, which forgets how
they hang together, and so proves less and nothing false.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from itertools import product
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Symbol,
    count_ops,
    factor,
    oo,
    sympify,
    together,
)

from lawful.verify.language.tensors import IfPositive, Kept, OfTensor, Reduction
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.claims import Declared, Domain


def declared(claim: Declared) -> Answer:
    """Whether a running quantity keeps the sign that its symbol is declared to have."""
    if not claim.symbol.is_nonnegative or claim.symbol.is_rational:
        return Answer(False, [f"{claim.symbol} is declared to be what is not shown: only ≥ 0 and > 0 are."])
    positive = bool(claim.symbol.is_positive)
    ends = [in_fractions(e, claim.over, claim.within) for e in (claim.start, claim.following)]
    shown = [(above if positive else not_below)(end) for end in ends]
    sign = "> 0" if positive else "≥ 0"
    missing = [when for when, held in zip(("at first", "after a step"), shown, strict=True) if not held]
    found = f"{' and '.join(missing)} it is not shown" if missing else "it is so at first and after each step"
    return Answer(not missing, [f"{claim.symbol} {sign}, as declared: {found}."])


def not_below(expr: Any) -> bool:
    """Whether an expression is provably not negative, by what it is made of."""
    if expr.is_nonnegative or (isinstance(expr, Pow) and expr.exp.is_even):  # what a rule computes is real
        return True
    if isinstance(expr, Add):
        return all(map(not_below, expr.args)) or bool(_simple(expr).is_nonnegative)
    if isinstance(expr, Mul) and all(map(not_below, expr.args)):
        return True
    return _by_part(expr, not_below)


def above(expr: Any) -> bool:
    """Whether an expression is provably positive, by what it is made of."""
    if expr.is_positive:
        return True
    if isinstance(expr, Add):
        parts = all(map(not_below, expr.args)) and any(map(above, expr.args))
        return parts or bool(_simple(expr).is_positive)
    if isinstance(expr, Mul) and all(map(above, expr.args)):
        return True
    return _by_part(expr, above)


def _by_part(expr: Any, has_sign: Callable[[Any], bool]) -> bool:
    """Powers by their base, cases by all branches, extrema by all members or any."""
    if isinstance(expr, Pow):
        return has_sign(expr.base)
    if isinstance(expr, Piecewise):
        return all(has_sign(branch) for branch, _ in expr.args)
    if isinstance(expr, IfPositive):
        return all(map(has_sign, expr.args[1:]))
    if isinstance(expr, OfTensor):  # a sum, a mean, what is stored of it
        return isinstance(expr, SIGNED) and has_sign(expr.args[0])
    if isinstance(expr, Min):
        return all(map(has_sign, expr.args))
    return isinstance(expr, Max) and any(map(has_sign, expr.args))


SIGNED = (Reduction, Kept)
"""What has the sign of what it is taken of."""


def _simple(expr: Expr) -> Expr:
    """In lowest terms, if it is not long."""
    return expr if expr.has(OfTensor) or count_ops(expr) > LARGEST else factor(together(expr))


LARGEST = 80
"""How many operations an expression may have for more to be tried on it than what it is made of."""


def nonzero(expr: Expr, over: Domain, within: Domain) -> bool:
    """Whether an expression is provably not 0 on a domain."""
    if at(expr, dict.fromkeys(_may_be_0(expr.free_symbols, over, within), 0)) == 0:
        return False
    if isinstance(expr, Pow) and expr.exp.is_positive:
        return nonzero(expr.base, over, within)
    if isinstance(expr, Max):  # putting anything into a maximum compares its members, which is dear
        return any(above(in_fractions(member, over, within)) for member in expr.args)
    return all(
        bool(branch.is_nonzero or above(branch) or above(-branch) or _simple(branch).is_nonzero)
        for branch in branches(in_fractions(expr, over, within))
    )


def _may_be_0(symbols: Set[Symbol], over: Domain, within: Domain) -> Iterator[Symbol]:
    """The symbols of which nothing that is known forbids 0."""
    for s in symbols - over.keys():
        low, high = within.get(s, (-oo, oo))
        if not s.is_nonzero and low <= 0 < high:
            yield s


def nonnegative(expr: Expr, over: Domain, within: Domain) -> bool:
    """Whether an expression is provably not negative on a domain."""
    if isinstance(expr, Max):
        return any(not_below(in_fractions(member, over, within)) for member in expr.args)
    return all(map(not_below, branches(in_fractions(expr, over, within))))


def branches(expr: Expr) -> Iterator[Expr]:
    """The expression with every distinction of cases resolved, in all ways."""
    choices = {
        **{p: [branch for branch, _ in p.args] for p in expr.atoms(Piecewise)},
        **{p: list(p.args[1:]) for p in expr.atoms(IfPositive)},
    }
    outer = [p for p in choices if not any(other != p and other.has(p) for other in choices)]
    if not outer:
        yield expr
    for chosen in product(*(choices[p] for p in outer)) if outer else ():
        yield from branches(expr.xreplace(dict(zip(outer, chosen, strict=True))))


def in_fractions(expr: Expr, over: Domain, within: Domain) -> Expr:
    """An expression in symbols that are only known to be positive, or not negative: over is open, within half open."""
    ends = {s: (sympify(low), sympify(high)) for s, (low, high) in {**within, **over}.items()}
    powers = {p: small for p in expr.atoms(Pow) if (small := _power(p, ends)) is not None}
    return at(
        expr.xreplace(powers), {s: _fraction(s, low, high, s in over) for s, (low, high) in ends.items()}
    )


def _fraction(symbol: Symbol, low: Expr, high: Expr, is_open: bool) -> Expr:
    """low ≤ s < high; low < s where the domain is open, or s is declared positive and low is 0."""
    positive = is_open or (symbol.is_positive and low == 0)
    y = Dummy("y", positive=True) if positive else Dummy("y", nonnegative=True)
    if low == -oo:
        return high - y
    return low + y if high == oo else (low + high * y) / (1 + y)


def _power(power: Expr, limits: Mapping[Symbol, tuple[Expr, Expr]]) -> Expr | None:
    """A power that stays in [0, 1): of a symbol of [0, 1); or in (0, 1]: of a number there, of t."""
    base, exponent = power.args
    y = Dummy("y", nonnegative=True)
    if limits.get(base) == (0, 1) and exponent.is_nonnegative and not exponent.is_number:
        return y / (1 + y)
    small = base.is_number and base.is_positive and (1 - base).is_nonnegative
    if small and exponent.is_nonnegative:
        return 1 / (1 + y)
    high = limits.get(exponent, (None, None))[1]
    if base.is_integer and base.is_positive and (exponent.is_nonpositive or high == 0):
        return 1 / (1 + y)
    return None
