"""What an equation says of its unknowns: the factors of which one must be 0, and the values that make one so.

Nothing is assumed of the unknowns but what their symbols are declared to be. A solution that is kept though it is none
does no harm: what is to be shown is that there is none.
"""

from collections.abc import Iterator
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Poly,
    PolynomialError,
    Pow,
    Symbol,
    expand,
    factor,
    factor_list,
    fraction,
    nan,
    oo,
    together,
    zoo,
)

from lawful.verify.provers.algebra.vanishing import is_root

RADICALS = 3
"""How many roots are squared away."""

LARGEST = 160
"""How many terms a polynomial may have, and how many operations what it is made of."""

SQUARED = 60
"""How many operations an equation may have that is squared."""

Way = tuple[Symbol | None, Expr]
"""An unknown and its value; None if there is no value."""


def ways(expr: Expr) -> list[Way] | None:
    """All ways in which an expression may be 0, [] if it cannot; None if it is 0 anyway, or they are not found."""
    if expr == 0 or expr.count_ops() > LARGEST or expr.has(nan, zoo, oo):
        return None
    try:
        numerator = expand(fraction(together(tidy(expr)))[0])
        for _ in range(RADICALS + 1):
            if numerator == 0 or len(Add.make_args(numerator)) > LARGEST:
                return None
            factors = [f for f in _factors(numerator) if sign_of(f) is None]
            found = [next(_solved(f), None) for f in factors]
            if None not in found:
                return [way for way in found if way is not None]
            roots = _roots_in(numerator)
            if not roots or numerator.count_ops() > SQUARED:
                return None
            numerator = _squared(numerator, roots[0])
    except (PolynomialError, NotImplementedError):
        pass
    return None


def _factors(numerator: Expr) -> list[Expr]:
    """The factors of a polynomial in symbols and roots."""
    marks = {root: Dummy(nonnegative=True) for root in _roots_in(numerator)}
    marked = numerator
    for root, mark in marks.items():
        marked = _marked(marked, root, mark)
    back = {mark: root for root, mark in marks.items()}
    return [f.xreplace(back) for f, _ in factor_list(marked)[1]]


def _solved(expr: Expr) -> Iterator[Way]:
    """The unknowns that a factor which must be 0 determines, each with its value."""
    inside = {s for root in _roots_in(expr) for s in root.free_symbols}
    symbols = sorted(expr.free_symbols, key=str)
    linear = [
        (s, *poly.all_coeffs()) for s in symbols if s not in inside and (poly := Poly(expr, s)).degree() == 1
    ]
    for symbol, slope, rest in sorted(linear, key=lambda one: not _keeps(*one)):
        if sign_of(slope) is not None:
            value = tidy(factor(-rest / slope))
            yield (None, value) if symbol.is_nonnegative and sign_of(value) == -1 else (symbol, value)
    if len(symbols) == 1 and not inside:
        yield from _values(Poly(expr, symbols[0]), symbols[0])


def _keeps(symbol: Symbol, slope: Expr, rest: Expr) -> bool:
    """Whether nothing that is known of an unknown's sign is lost where it gives way to its value."""
    ends = sign_of(slope), sign_of(rest)
    return not symbol.is_nonnegative or (None not in ends and ends[0] != ends[1])


def _values(poly: Poly, symbol: Symbol) -> Iterator[Way]:
    """Of a polynomial in one unknown: that no root is allowed, or the only one that is."""
    real = {r for r in poly.real_roots() if not (symbol.is_nonnegative and r.is_negative)}
    if not real:
        yield None, Integer(0)
    elif len(real) == 1:
        yield symbol, next(iter(real))


def sign_of(expr: Any) -> int | None:
    """1 or −1 if an expression is positive or negative wherever its symbols are what they are declared to be."""
    if expr.is_positive or expr.is_negative:
        return 1 if expr.is_positive else -1
    if not expr.free_symbols or not all(s.is_nonnegative for s in expr.free_symbols):
        return None
    top, bottom = fraction(together(expr))
    if bottom != 1:
        above, below = sign_of(top), sign_of(bottom)
        return above * below if above and below else None
    terms = Add.make_args(expand(top))
    for sign in (1, -1):
        if all((sign * term).is_nonnegative for term in terms) and any(
            (sign * term).is_positive for term in terms
        ):
            return sign
    return None


def tidy(expr: Expr) -> Expr:
    """The expression with every radicand in lowest terms and as a product, so that what is a square leaves its root."""
    return expr.replace(is_root, lambda power: factor(together(power.base)) ** power.exp)


def _roots_in(expr: Expr) -> list[Expr]:
    """The square roots in an expression, those of unknowns first."""
    found = {Pow(p.base, Integer(1) / 2) for p in expr.atoms(Pow) if is_root(p)}
    return sorted(found, key=lambda root: (not root.free_symbols, str(root)))


def _marked(expr: Expr, root: Expr, mark: Symbol) -> Expr:
    """The expression with a symbol for a root."""
    return expr.replace(lambda e: is_root(e) and e.base == root.base, lambda e: mark**e.exp.p)


def _squared(expr: Expr, root: Expr) -> Expr:
    """a + b·√r = 0 → a² − b²·r = 0."""
    mark = Dummy()
    top = fraction(together(_marked(expr, root, mark)))[0]
    odd = even = Integer(0)
    for (degree,), coefficient in Poly(top, mark).terms():
        part = coefficient * root.base ** (degree // 2)
        even, odd = (even + part, odd) if degree % 2 == 0 else (even, odd + part)
    return expand(fraction(together(even**2 - odd**2 * root.base))[0])
