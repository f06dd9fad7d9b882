"""What an equation says of its unknowns: the factors of which one must be 0, and the values that make one so.

Nothing is assumed of the unknowns but what their symbols are declared to be. A solution that is kept though it is none
does no harm: what is to be shown is that there is none.
"""

from collections.abc import Iterator, Mapping
from math import prod
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
    fraction,
    nan,
    oo,
    sign,
    zoo,
)

from lawful.verify.provers.algebra.vanishing import is_root
from lawful.verify.translation.quotients import factored

RADICALS = 3
"""How many roots are squared away."""

LARGEST, OPERATIONS, ALONE = 160, 400, 400
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
        return _ways(tidy(expr), RADICALS)
    except (PolynomialError, NotImplementedError):
        return None


def _ways(expr: Expr, squarings: int) -> list[Way] | None:
    """The ways of each factor that may be 0."""
    numerator = top(expr)
    if numerator == 0:
        return None
    parts = [part.as_base_exp()[0] for part in Mul.make_args(doubtful(numerator))]
    found = [_of_factor(part, squarings) for part in parts if part.free_symbols]
    return None if None in found else [way for each in found if each for way in each]


def _of_factor(part: Expr, squarings: int) -> list[Way] | None:
    if len(Add.make_args(part)) > LARGEST:
        return None
    if (way := next(_solved(part), None)) is not None:
        return [way]
    roots = _roots_in(part)
    if not (roots and squarings) or part.count_ops() > (SQUARED if len(part.free_symbols) > 1 else ALONE):
        return None
    return _ways(_squared(part, roots[0]), squarings - 1)


def top(expr: Expr) -> Expr:
    """The numerator of an expression in lowest terms, as a product."""
    return fraction(factored(expr))[0]


def doubtful(numerator: Expr) -> Expr:
    """Its factors but those that cannot be 0, which would be multiplied out in vain."""
    return Mul(*(part for part in Mul.make_args(numerator) if sign_of(part) is None))


def _solved(expr: Expr) -> Iterator[Way]:
    """The unknowns that a factor which must be 0 determines, each with its value."""
    inside = {s for root in _roots_in(expr) for s in root.free_symbols}
    symbols = sorted(expr.free_symbols, key=str)
    lines = [(s, _line(expr, s)) for s in symbols if s not in inside]
    linear = [(s, *line) for s, line in lines if line is not None]
    for symbol, slope, rest in sorted(linear, key=lambda one: not _keeps(*one)):
        if sign_of(slope) is not None:
            value = tidy(factored(-rest / slope))
            yield (None, value) if symbol.is_nonnegative and sign_of(value) == -1 else (symbol, value)
    if len(symbols) == 1 and not inside:
        yield from _values(Poly(expr, symbols[0]), symbols[0])


def _line(expr: Expr, symbol: Symbol) -> tuple[Expr, Expr] | None:
    """(slope, rest) of a sum of products in which an unknown stands in no higher power than the first."""
    with_it = [term for term in Add.make_args(expr) if symbol in term.free_symbols]
    slopes = [term / symbol for term in with_it]
    if any(symbol in slope.free_symbols for slope in slopes):
        return None
    return Add(*slopes), expr - Add(*with_it)


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
    return None if poly.is_zero else ways(poly.as_expr().xreplace(back))


def with_marks(expr: Expr) -> tuple[Poly, dict[Symbol, Expr]] | None:
    """A polynomial that is 0 wherever an expression is, in its unknowns and in symbols for roots; and those roots."""
    if not expr.free_symbols or expr.count_ops() > ALONE or expr.has(nan, zoo, oo):
        return None
    numerator = doubtful(top(tidy(expr)))
    back = {Symbol(f"√({root.base})", nonnegative=True): root for root in _roots_in(numerator)}
    for mark, root in back.items():
        numerator = _marked(numerator, root, mark)
    symbols = sorted(expr.free_symbols | back.keys(), key=str)
    return (Poly(numerator, *symbols), back) if numerator.is_polynomial(*symbols) else None


def polynomial(expr: Expr) -> Poly | None:
    """In an expression's only unknown, a polynomial that is 0 wherever the expression is; None if it is not found."""
    if not expr.free_symbols or expr.count_ops() > ALONE or expr.has(nan, zoo, oo):
        return None
    numerator = doubtful(top(tidy(expr)))
    for _ in range(RADICALS + 1):
        inside = _roots_in(numerator)
        if not inside:
            found = Poly(numerator, *expr.free_symbols)
            return None if found.is_zero else found
        numerator = top(_squared(numerator, inside[0]))
    return None


def roots(poly: Poly, symbol: Symbol) -> list[Way] | None:
    """All values of an unknown at which a polynomial is 0; None if one cannot be written."""
    real = _allowed(poly, symbol) if poly.degree() else []
    return None if any(isinstance(r, CRootOf) for r in real) else [(symbol, r) for r in real]


def sign_of(expr: Any) -> int | None:
    """1 or −1 if an expression is positive or negative wherever its symbols are what they are declared to be."""
    if expr.is_Symbol or expr.is_number or not all(s.is_nonnegative for s in expr.free_symbols):
        return 1 if expr.is_positive else -1 if expr.is_negative else None
    return prod(map(_sign_of_factor, Mul.make_args(factored(expr)))) or None


def _sign_of_factor(part: Expr) -> int:
    """The sign of a power of a polynomial, if all its terms have the same; 0 where that is not known."""
    base, power = part.as_base_exp()
    if base.is_number:  # a sum of roots, perhaps
        known = 1 if base.is_positive else -1 if base.is_negative else 0
        return known if power.is_odd else abs(known)
    terms = [term.as_coeff_Mul() for term in Add.make_args(base)]
    signs = {sign(number) for number, _ in terms}
    if len(signs) > 1 or not any(_is_positive(rest) for _, rest in terms):
        return 0
    return int(signs.pop()) if power.is_odd else 1


def _is_positive(product: Expr) -> bool:
    """Whether a product of powers of what is not negative is above 0."""
    return all(part.as_base_exp()[0].is_positive for part in Mul.make_args(product))


def tidy(expr: Expr) -> Expr:
    """The expression with every radicand in lowest terms and as a product, so that what is a square leaves its root."""
    return expr.replace(is_root, lambda power: factored(power.base) ** power.exp)


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
    poly = Poly(top(_marked(expr, root, mark)), mark)
    odd = even = Integer(0)
    for (degree,), coefficient in poly.terms():
        part = coefficient * root.base ** (degree // 2)
        even, odd = (even + part, odd) if degree % 2 == 0 else (even, odd + part)
    return even**2 - odd**2 * root.base
