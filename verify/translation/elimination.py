"""What an equation says of its unknowns: the factors of which one must be 0, and the values that make one so.

Nothing is assumed of the unknowns but what their symbols are declared to be. A solution that is kept though it is none
does no harm: what is to be shown is that there is none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import (
    Add,
    CRootOf,
    Dummy,
    Expr,
    Integer,
    Mul,
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

LARGEST, OPERATIONS, ALONE = 160, 200, 400
"""How many terms a polynomial may have, and operations what it is made of; how many where there is one unknown."""

SQUARED = 60
"""How many operations an equation may have that is squared."""

Way = tuple[Symbol | None, Expr]
"""An unknown and its value; None if there is no value."""


def ways(expr: Expr) -> list[Way] | None:
    """All ways in which an expression may be 0, [] if it cannot; None if it is 0 anyway, or they are not found."""
    largest = OPERATIONS if len(expr.free_symbols) > 1 else ALONE
    if expr == 0 or expr.count_ops() > largest or expr.has(nan, zoo, oo):
        return None
    try:
        numerator = expand(doubtful(fraction(together(tidy(expr)))[0]))
        for _ in range(RADICALS + 1):
            if numerator == 0 or len(Add.make_args(numerator)) > LARGEST:
                return None
            factors = [f for f in _factors(numerator) if sign_of(f) is None]
            found = [next(_solved(f), None) for f in factors]
            if None not in found:
                return [way for way in found if way is not None]
            roots = _roots_in(numerator)
            if not roots or numerator.count_ops() > (SQUARED if len(expr.free_symbols) > 1 else ALONE):
                return None
            numerator = _squared(numerator, roots[0])
    except (PolynomialError, NotImplementedError):
        pass
    return None


def doubtful(numerator: Expr) -> Expr:
    """Its factors but those that cannot be 0, which would be multiplied out in vain."""
    return Mul(*(part for part in Mul.make_args(numerator) if sign_of(part) is None))


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
    """Of a polynomial in one unknown: that no root is allowed, or the only one that is, if it can be written."""
    real = _allowed(poly, symbol)
    if not real:
        yield None, Integer(0)
    elif len(real) == 1 and not isinstance(real[0], CRootOf):
        yield symbol, real[0]


def _allowed(poly: Poly, symbol: Symbol) -> list[Expr]:
    """The real roots that an unknown may be."""
    return [r for r in dict.fromkeys(poly.real_roots()) if not (symbol.is_nonnegative and r.is_negative)]


def factored_ways(poly: Poly, back: Mapping[Symbol, Expr]) -> list[Way] | None:
    """All ways in which a polynomial may be 0, as of `ways`; `back`: symbol → the root that it stands for."""
    factors = [f.as_expr().xreplace(back) for f, _ in poly.factor_list()[1]]
    found = [ways(f) for f in factors if sign_of(f) is None]
    return None if None in found or poly.is_zero else [way for each in found if each for way in each]


def with_marks(expr: Expr) -> tuple[Poly, dict[Symbol, Expr]] | None:
    """A polynomial that is 0 wherever an expression is, in its unknowns and in symbols for roots; and those roots."""
    if not expr.free_symbols or expr.count_ops() > ALONE or expr.has(nan, zoo, oo):
        return None
    numerator = doubtful(fraction(together(tidy(expr)))[0])
    back = {Symbol(f"√({root.base})", nonnegative=True): root for root in _roots_in(numerator)}
    for mark, root in back.items():
        numerator = _marked(numerator, root, mark)
    symbols = sorted(expr.free_symbols | back.keys(), key=str)
    return (Poly(numerator, *symbols), back) if numerator.is_polynomial(*symbols) else None


def polynomial(expr: Expr) -> Poly | None:
    """In an expression's only unknown, a polynomial that is 0 wherever the expression is; None if it is not found."""
    if not expr.free_symbols or expr.count_ops() > ALONE or expr.has(nan, zoo, oo):
        return None
    numerator = doubtful(fraction(together(tidy(expr)))[0])
    for _ in range(RADICALS + 1):
        inside = _roots_in(numerator)
        if not inside:
            found = Poly(numerator, *expr.free_symbols)
            return None if found.is_zero else found
        numerator = _squared(numerator, inside[0])
    return None


def roots(poly: Poly, symbol: Symbol) -> list[Way] | None:
    """All values of an unknown at which a polynomial is 0; None if one cannot be written."""
    real = _allowed(poly, symbol) if poly.degree() else []
    return None if any(isinstance(r, CRootOf) for r in real) else [(symbol, r) for r in real]


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
