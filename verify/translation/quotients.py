"""Expressions in lowest terms, as products of irreducible polynomials: by flint, in a hundredth of sympy's time.

Square roots are unknowns of their own, of which no more than the first power is left.
"""

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Any

from flint import fmpq, fmpq_mpoly_ctx
from sympy import Add, Expr, Mul, Pow, Rational, default_sort_key, factor, together

from lawful.verify.provers.algebra.vanishing import is_root

Quotient = tuple[Any, Any]
"""Numerator and denominator, polynomials of flint."""


class NoQuotient(Exception):  # an answer, not an error
    """An expression is made of more than sums, products, whole powers and square roots."""


@lru_cache(maxsize=8192)
def factored(expr: Expr) -> Expr:
    """An expression of symbols as a product of whole powers of irreducible polynomials in them and in their roots."""
    unknowns = sorted(_unknowns(expr), key=default_sort_key)
    if not unknowns:
        return expr
    try:
        top, bottom = _Ring(unknowns).lowest(expr)
    except (NoQuotient, ZeroDivisionError):
        return factor(together(expr))
    number, parts = (_product(top, unknowns) / _product(bottom, unknowns)).as_coeff_Mul()
    return _with_number(number, parts)


def _unknowns(expr: Expr) -> set[Expr]:
    """Symbols, and roots with what is under them."""
    if expr.is_Symbol:
        return {expr}
    own = {_root(expr)} if is_root(expr) else set[Expr]()
    return own.union(*(_unknowns(part) for part in expr.args))


def _root(power: Expr) -> Expr:
    return Pow(power.base, Rational(1, 2))


def _product(poly: Any, unknowns: Sequence[Expr]) -> Expr:
    number, parts = poly.factor()
    found = [(*_primitive(_expression(part, unknowns)), int(power)) for part, power in parts]
    numbers = (content**power for content, _, power in found)
    return _with_number(Mul(_number(number), *numbers), Mul(*(part**power for _, part, power in found)))


def _with_number(number: Expr, product: Expr) -> Expr:
    """A product with a number, which does not go into a sum."""
    left = [part for part in (number, *Mul.make_args(product)) if part != 1]
    return Mul(*left, evaluate=False) if len(left) > 1 else Mul(*left)


def _primitive(expr: Expr) -> tuple[Expr, Expr]:
    """A number and a polynomial without it, in whole numbers, of which the first is positive."""
    content, part = expr.as_content_primitive()
    return (-content, -part) if part.could_extract_minus_sign() else (content, part)


def _expression(poly: Any, unknowns: Sequence[Expr]) -> Expr:
    def term(powers: Sequence[int], number: Any) -> Expr:
        return Mul(_number(number), *(u ** int(k) for u, k in zip(unknowns, powers, strict=True) if k))

    return Add(*(term(powers, number) for powers, number in poly.to_dict().items()))


def _number(number: Any) -> Expr:
    return Rational(int(number.p), int(number.q))


class _Ring:
    """Quotients of polynomials in symbols and roots."""

    def __init__(self, unknowns: Sequence[Expr]) -> None:
        """In these unknowns."""
        self._ring = fmpq_mpoly_ctx.get([f"u{k}" for k in range(len(unknowns))], "lex")
        self._known: dict[Expr, Quotient] = {
            u: (generator, self._ring.constant(1))
            for u, generator in zip(unknowns, self._ring.gens(), strict=True)
        }
        self._roots = [(k, u) for k, u in enumerate(unknowns) if not u.is_Symbol]

    def lowest(self, expr: Expr) -> Quotient:
        """An expression in lowest terms, with roots to the first power.

        Raises:
            NoQuotient: it is none.
            ZeroDivisionError: it is divided by 0.
        """
        top, bottom = self._of(expr)
        return _cancelled(*_over(self._reduced(top), self._reduced(bottom)))

    def _of(self, expr: Expr) -> Quotient:
        if expr not in self._known:
            self._known[expr] = self._worked_out(expr)
        return self._known[expr]

    def _worked_out(self, expr: Expr) -> Quotient:
        if expr.is_Rational:
            return self._ring.constant(fmpq(int(expr.p), int(expr.q))), self._ring.constant(1)
        if expr.is_Add:
            return reduce(_sum, map(self._of, expr.args))
        if expr.is_Mul:
            return reduce(_times, map(self._of, expr.args))
        if expr.is_Pow and expr.exp.is_Integer:
            return _power(self._of(expr.base), int(expr.exp))
        if is_root(expr):
            return _power(self._of(_root(expr)), int(expr.exp.p))
        raise NoQuotient(str(expr))

    def _reduced(self, poly: Any) -> Quotient:
        """A polynomial with what is under a root in place of its square."""
        found: Quotient = poly, self._ring.constant(1)
        for k, root in self._roots:
            found = _over(self._once(found[0], k, root), self._once(found[1], k, root))
        return found

    def _once(self, poly: Any, k: int, root: Expr) -> Quotient:
        parts = dict[int, dict[tuple[int, ...], Any]]()
        for powers, number in poly.to_dict().items():
            squares, left = divmod(int(powers[k]), 2)
            parts.setdefault(squares, {})[(*powers[:k], left, *powers[k + 1 :])] = number
        if not parts.keys() - {0}:
            return poly, self._ring.constant(1)
        inside = self._of(root.base)
        terms = (
            _times((self._ring.from_dict(part), self._ring.constant(1)), _power(inside, squares))
            for squares, part in parts.items()
        )
        return reduce(_sum, terms)


def _cancelled(top: Any, bottom: Any) -> Quotient:
    if bottom == 0:
        raise ZeroDivisionError
    shared = top.gcd(bottom)
    return (top, bottom) if shared == 1 else (top / shared, bottom / shared)


def _sum(one: Quotient, other: Quotient) -> Quotient:
    if one[1] == other[1]:
        return _cancelled(one[0] + other[0], one[1])
    shared = one[1].gcd(other[1])
    left, right = one[1] / shared, other[1] / shared
    return _cancelled(one[0] * right + other[0] * left, one[1] * right)


def _times(one: Quotient, other: Quotient) -> Quotient:
    (a, d), (c, b) = _cancelled(one[0], other[1]), _cancelled(other[0], one[1])
    return a * c, b * d


def _over(one: Quotient, other: Quotient) -> Quotient:
    return _times(one, (other[1], other[0]))


def _power(base: Quotient, exponent: int) -> Quotient:
    top, bottom = base if exponent >= 0 else base[::-1]
    if bottom == 0:
        raise ZeroDivisionError
    return top ** abs(exponent), bottom ** abs(exponent)
