"""How quantities answer to a change of scale and of sign: by a power of c and by a sign, found term by term.

This is the analysis of dimensions: a sum needs terms of one dimension, a product adds them. The dimensions of
the state, and of hyperparameters that may follow, are unknowns, and every sum, maximum and comparison an equation.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Or,
    Piecewise,
    Pow,
    Symbol,
    log,
    sign,
)
from sympy.core.relational import Relational

from lawful.verify.language.tensors import (
    MAXIMA,
    SUMS,
    IfPositive,
    NewtonSchulz,
    NewtonSchulzInBfloat16,
    Norm,
)
from lawful.verify.provers.algebra.equations import Equations, Lacks


class Weight(NamedTuple):
    """A quantity is multiplied by c^degree, and by −1 where the sign turns if parity is odd."""

    degree: Expr
    parity: Expr = Integer(0)

    def __str__(self) -> str:
        """`c^2`, `±1`."""
        scale = f"c^{self.degree}" if self.degree != 0 else "1"
        return f"±{scale}" if self.parity != 0 else scale


INVARIANT = Weight(Integer(0))


def unknown(symbol: Symbol) -> Weight:
    """The weight of a symbol that has to be found."""
    return Weight(Symbol(f"[{symbol}]"), Symbol(f"[{symbol}]±"))


@dataclass
class Weighing:
    """The weights of expressions, from those of symbols.

    Args:
        weights: symbol → weight; symbols that are absent do not change.
        each: whether every coordinate has a c or sign of its own.
        constants: symbols whose value is the same in every step, so that c may be raised to them.
    """

    weights: Mapping[Symbol, Weight]
    each: bool
    constants: frozenset[Symbol] = frozenset()
    degrees: Equations = field(default_factory=Equations)
    parities: Equations = field(default_factory=lambda: Equations(2))
    found: dict[Any, Weight | None] = field(default_factory=dict)

    def of(self, expr: Any) -> Weight | None:
        """The weight of an expression, found once; None for 0, which has every weight.

        Raises:
            Lacks: it has none.
        """
        if expr not in self.found:
            self.found[expr] = self._of(expr)
        return self.found[expr]

    def _of(self, expr: Any) -> Weight | None:
        if expr == 0:
            return None
        if expr.is_number:
            return INVARIANT
        if isinstance(expr, Symbol):
            weight: Weight = self.weights.get(expr, INVARIANT)
            return weight
        if expr.func not in HANDLERS:
            raise Lacks(f"nothing is known of {expr.func.__name__}")
        return HANDLERS[expr.func](self, expr)

    def alike(self, expressions: Iterable[Any], where: Any) -> Weight | None:
        """The common weight of expressions."""
        found = [weight for e in expressions if (weight := self.of(e)) is not None]
        if not found:
            return None
        first, *others = found
        for other in others:
            self.degrees.vanish(first.degree - other.degree, where)
            self.parities.vanish(first.parity - other.parity, where)
        return first

    def even(self, weight: Weight | None, where: Any) -> Weight | None:
        """The weight of something whose sign must not turn."""
        if weight is not None:
            self.parities.vanish(weight.parity, where)
        return weight

    def settled(self, symbol: Symbol) -> Weight:
        """What was found of a symbol."""
        weight = self.weights[symbol]
        return Weight(self.degrees.settled(weight.degree), self.parities.settled(weight.parity))

    def unscaled(self, weight: Weight | None, where: Any) -> Weight | None:
        """The weight of something whose size must not change."""
        if weight is not None:
            self.degrees.vanish(weight.degree, where)
        return weight


def _product(weigh: Weighing, expr: Expr) -> Weight | None:
    weights = [weigh.of(factor) for factor in expr.args]
    known = [w for w in weights if w is not None]
    if len(known) < len(weights):
        return None
    return Weight(Add(*(w.degree for w in known)), Add(*(w.parity for w in known)))


def _power(weigh: Weighing, expr: Expr) -> Weight | None:
    base, exponent = weigh.of(expr.base), expr.exp
    weigh.unscaled(weigh.of(exponent), expr)
    if base is None:
        return None
    if exponent.is_Integer:
        return Weight(base.degree * exponent, base.parity * (exponent % 2))
    weigh.even(base, expr)
    if exponent.free_symbols <= weigh.constants:
        return Weight(base.degree * exponent)
    return weigh.unscaled(base, expr)  # else it would be another power of c at every step


def _extremum(weigh: Weighing, expr: Expr) -> Weight | None:
    if (inside := clipped(expr)) is not None:
        weight = weigh.of(inside)
        bound = weigh.even(weigh.of(_bound(expr)), expr)
        if weight is not None and bound is not None:
            weigh.degrees.vanish(weight.degree - bound.degree, expr)
        return weight
    return weigh.even(weigh.alike(expr.args, expr), expr)


def clipped(expr: Expr) -> Expr | None:
    """e of min(max(e, −b), b), which turns its sign as e does; None for anything else."""
    inner = next((a for a in expr.args if isinstance(a, Max)), None)
    if not isinstance(expr, Min) or inner is None or len(expr.args) != 2 or -_bound(expr) not in inner.args:
        return None
    return Max(*(a for a in inner.args if a != -_bound(expr)))


def _bound(expr: Expr) -> Expr:
    return next((a for a in expr.args if not isinstance(a, Max)), Integer(0))


def _piecewise(weigh: Weighing, expr: Expr) -> Weight | None:
    for _, condition in expr.args:
        _unchanged(weigh, condition)
    return weigh.alike([branch for branch, _ in expr.args], expr)


def _unchanged(weigh: Weighing, condition: Any) -> None:
    """A condition must hold after the change where it held before."""
    if isinstance(condition, And | Or):
        for part in condition.args:
            _unchanged(weigh, part)
    elif isinstance(condition, Relational):
        weight = weigh.alike(condition.args, condition)
        if not isinstance(condition, Eq):
            weigh.even(weight, condition)


def _chosen(weigh: Weighing, expr: Expr) -> Weight | None:
    quantity, *branches = expr.args
    weigh.even(weigh.of(quantity), expr)
    return weigh.alike(branches, expr)


def _norm(weigh: Weighing, expr: Expr) -> Weight | None:
    weight = weigh.of(expr.args[0])
    if weigh.each:
        weigh.unscaled(weight, expr)
    return weight and Weight(weight.degree)


def _sum(weigh: Weighing, expr: Expr) -> Weight | None:
    weight = weigh.of(expr.args[0])
    return weigh.even(weigh.unscaled(weight, expr), expr) if weigh.each else weight


def _largest(weigh: Weighing, expr: Expr) -> Weight | None:
    return weigh.even(_sum(weigh, expr), expr)


def _logarithm(weigh: Weighing, expr: Expr) -> Weight:
    weigh.even(weigh.unscaled(weigh.of(expr.args[0]), expr), expr)
    return INVARIANT


def _orthogonalized(weigh: Weighing, expr: Expr) -> Weight | None:
    matrix, *coefficients, least, steps = expr.args
    weight = weigh.alike([matrix, least], expr) if not weigh.each else _sum(weigh, expr)
    for number in (*coefficients, steps):
        weigh.unscaled(weigh.of(number), expr)
    return weight and Weight(Integer(0), weight.parity)


HANDLERS: Mapping[Any, Callable[[Weighing, Any], Weight | None]] = {
    Add: lambda weigh, expr: weigh.alike(expr.args, expr),
    Mul: _product,
    Pow: _power,
    Abs: lambda weigh, expr: (w := weigh.of(expr.args[0])) and Weight(w.degree),
    sign: lambda weigh, expr: (w := weigh.of(expr.args[0])) and Weight(Integer(0), w.parity),
    Max: _extremum,
    Min: _extremum,
    Piecewise: _piecewise,
    IfPositive: _chosen,
    log: _logarithm,
    Norm: _norm,
    **dict.fromkeys(SUMS, _sum),
    **dict.fromkeys(MAXIMA, _largest),
    NewtonSchulz: _orthogonalized,
    NewtonSchulzInBfloat16: _orthogonalized,
}
