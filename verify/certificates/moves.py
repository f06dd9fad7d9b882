"""Hints for proofs of signs: intervals mapped to positive numbers, on which signs can be read off coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Max, Min, Mul, Poly, Pow, Symbol, expand, factor, fraction, oo, sympify, together

from lawful.verify.certificates.given import Given, put
from lawful.verify.certificates.terms import Names, term
from lawful.verify.provers.claims import Domain

HIGHEST = 24
"""How often a polynomial is multiplied by 1 + y to make its coefficients positive."""


@dataclass(frozen=True)
class Move:
    """A symbol of an interval, as an expression in a positive one.

    Attributes:
        symbol: it.
        low, high: the ends of the interval.
        closed: whether the low end is in it.
        by: the positive symbol.
    """

    symbol: Symbol
    low: Expr
    high: Expr
    closed: bool = False

    @property
    def by(self) -> Symbol:
        """The positive symbol, nonnegative if the low end belongs to the interval."""
        name = f"y_{self.symbol.name}"
        return Symbol(name, nonnegative=True) if self.closed else Symbol(name, positive=True)

    @property
    def value(self) -> Expr:
        """The symbol in terms of the positive one."""
        y = self.by
        return self.low + y if self.high == oo else (self.low + self.high * y) / (1 + y)

    def tactic(self, names: Names) -> str:
        """What puts it in."""
        here, new = names[self.symbol], names[self.by]
        ends = [term(self.low, names), *([] if self.high == oo else [term(self.high, names)])]
        lemma = "beyond" if self.high == oo else "between_with_low" if self.closed else "between"
        proofs = " ".join(["ltac:(assumption)"] * len(ends))
        return f"destruct ({lemma} {' '.join(ends)} {here} {proofs}) as [{new} [? ?]]; subst {here}"


def moves(over: Domain, known: Given, closed: bool) -> list[Move]:
    """The moves of a domain's symbols, and of hyperparameters with 0 ≤ h < 1 if `closed`."""
    found = [
        Move(s, sympify(low), sympify(high))
        for s, (low, high) in over.items()
        if s in known.symbols and not (sympify(low) == 0 and high == oo) and _rational(low, high)
    ]
    texts = {h.text for h in known.hypotheses}
    rest = [s for s in known.symbols if closed and s not in over]
    half = [s for s in rest if {f"0 <= {known.names[s]}", f"{known.names[s]} < 1"} <= texts]
    return [*found, *(Move(s, sympify(0), sympify(1), True) for s in half)]


def solved(move: Move) -> Expr:
    """The positive symbol in terms of the one that it is put for."""
    above = move.symbol - move.low
    return above if move.high == oo else above / (move.high - move.symbol)


def _rational(*ends: Expr) -> bool:
    return not any(e.atoms(Pow) for e in map(sympify, ends))


def put_in(moved: Sequence[Move]) -> dict[Symbol, Expr]:
    """Symbol → its value, for all moves."""
    return {m.symbol: m.value for m in moved}


def quotient(expr: Expr) -> Expr:
    """The expression as a quotient of polynomials, with its sign where coefficients show it."""
    above, below = fraction(factor(together(expr)))
    return _told(above) / _told(below)


def _told(expr: Expr) -> Expr:
    """Factors expanded, and multiplied by −1 where all their coefficients are negative."""
    product = sympify(1)
    for part in expr.as_ordered_factors():
        base, power = part.as_base_exp()
        product *= expand(base) ** power
    return product


def differences(expressions: Sequence[Expr], values: Mapping[Symbol, Expr]) -> list[Expr]:
    """The differences between the members of every maximum and minimum, both ways round."""
    found = [e for expr in expressions for e in sympify(expr).atoms(Max, Min)]
    members = [[put(a, values) for a in e.args] for e in sorted(found, key=str)]
    pairs = [(a, b) for args in members for a in args for b in args if a != b]
    return list(dict.fromkeys([*(quotient(a - b) for a, b in pairs), *([sympify(0)] if found else [])]))


def raised(expr: Expr, moved: Sequence[Symbol]) -> Expr:
    """The quotient multiplied above and below by powers of 1 + y until all coefficients above are positive.

    A polynomial that is positive on an interval with its ends comes to that (Pólya), if the power is high enough; as
    it was if `HIGHEST` is not.
    """
    above, below = fraction(expr)
    symbols = sorted(above.free_symbols, key=str)
    turning = [y for y in moved if y in symbols]
    if not turning or not above.is_polynomial(*symbols):
        return expr
    by = Mul(*(1 + y for y in turning))
    for power in range(HIGHEST + 1):
        poly = Poly(expand(above) * by**power, *symbols)
        if all(c.is_positive for c in poly.coeffs()):
            return poly.as_expr() / (below * by**power) if power else expr
    return expr
