"""Linear equations between the weights of quantities, solved as they come."""

from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Integer, Max, Min, Piecewise, Symbol, expand, sympify


class Lacks(Exception):  # an answer, not an error
    """The rule lacks the symmetry; the message says which part of it does."""


KINDS = {Add: "a sum", Max: "a maximum", Min: "a minimum", Piecewise: "a distinction of cases"}


@dataclass
class Equations:
    """Linear equations, solved as they come.

    Attributes:
        modulus: 2 for parities, 0 for degrees.
        found: unknown → its value in the others.
    """

    modulus: int = 0
    found: dict[Symbol, Expr] = field(default_factory=dict)

    def reduced(self, expr: Expr) -> Expr:
        """The expression with all that is known put in."""
        known = expand(sympify(expr).xreplace(self.found))
        return expand(known.replace(lambda e: e.is_Integer, lambda e: e % 2)) if self.modulus else known

    def settled(self, expr: Expr) -> Expr:
        """Its value, what no equation says being 0."""
        known = self.reduced(expr)
        return known.xreplace({s: Integer(0) for s in _unknowns(known)})

    def vanish(self, expr: Expr, where: Any) -> None:
        """Demand that the expression is 0.

        Raises:
            Lacks: it cannot be.
        """
        rest = self.reduced(expr)
        free = next((s for s in _unknowns(rest) if rest.coeff(s).is_number), None)
        if free is not None:
            solution = {free: -expand(rest - rest.coeff(free) * free) / rest.coeff(free)}
            self.found = {s: expand(e.xreplace(solution)) for s, e in self.found.items()} | solution
        elif rest != 0:
            raise Lacks(f"{_short(where)} would not stay what it is")


def _unknowns(expr: Expr) -> list[Symbol]:
    return sorted((s for s in expr.free_symbols if s.name.startswith("[")), key=lambda s: s.name)


def _short(where: Any) -> str:
    """An expression or words, or what kind of expression it is where it is long."""
    return text if len(text := str(where)) < 60 else KINDS.get(where.func, f"a {where.func.__name__}")
