"""Seeing that an expression without case distinctions is 0, or that it is not."""

from sympy import Expr, Float, Symbol, default_sort_key, expand, factor, fraction, sympify, together

from lawful.verify.language.symbols import t

DIGITS = 50
CLEARLY = Float("1e-20")
"""What is larger than this at a point is not 0 there: nothing here loses 30 digits of 50."""


def vanishes(expr: Expr) -> bool:
    """Whether sympy sees that an expression is 0; False is no statement.

    Most of what is not 0 is found out at one point, which costs a hundredth of bringing it over one denominator.
    """
    if expr == 0:
        return True
    if differs(expr):
        return False
    bare = expr.replace(_is_geometric, _one_symbol) if expr.has(t) else expr
    bare = bare.replace(is_root, lambda power: factor(power.base) ** power.exp)
    return bool(expand(expand(fraction(together(bare))[0])) == 0)


def differs(expr: Expr) -> bool:
    """Whether an expression is clearly not 0 at one point; False is no statement."""
    symbols = sorted(expr.free_symbols, key=default_sort_key)
    try:
        size = abs(expr.xreplace({symbol: _value(symbol, k) for k, symbol in enumerate(symbols, start=1)}))
    except ValueError:  # a maximum of what has no value, such as a norm
        return False
    return bool(size.is_comparable and size > CLEARLY)


def _value(symbol: Symbol, k: int) -> Expr:
    """A value that a symbol may have, another for each k: a fraction of 1, or 3 or 4 if it counts."""
    if symbol.is_integer:
        return sympify(4 if symbol.is_even else 3)
    fraction_of_1 = Float(k * 0.6180339887498949 % 1, DIGITS)
    return -fraction_of_1 if symbol.is_negative else fraction_of_1


def rooted(expr: Expr) -> Expr:
    """The expression with every radicand in lowest terms, so that what cancels does."""
    return expr.replace(is_root, lambda power: factor(expand(power.base)) ** power.exp)


def is_root(expr: Expr) -> bool:
    """Factoring a radicand takes its squares out of the root, so that equal roots look equal."""
    return bool(expr.is_Pow and expr.exp.is_Rational and expr.exp.q == 2)


def _is_geometric(expr: Expr) -> bool:
    return bool(expr.is_Pow and expr.exp.has(t))


def _one_symbol(power: Expr) -> Expr:
    """base^(t + k) as B·base^k: what bias correction and geometric sums are polynomials in."""
    shift = expand(power.exp - t)
    return power if shift.has(t) else Symbol(f"({power.base})^t", real=True) * power.base**shift
