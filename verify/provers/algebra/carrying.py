"""By which factor an expression changes when its symbols do: carried from the leaves up, and nothing is sought."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    expand,
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

Factor = tuple[Expr, Expr]
"""(power of c, 1 if the sign turns)."""

SAME: Factor = (Integer(0), Integer(0))
TURNED: Factor = (Integer(0), Integer(1))


class Differs(Exception):  # an answer, not an error
    """A part of an expression does not change by one factor; the message says which."""


def equal(one: Factor, other: Factor) -> bool:
    """Whether two factors are one."""
    return bool(expand(one[0] - other[0]) == 0 and (one[1] - other[1]) % 2 == 0)


@dataclass(frozen=True)
class Carrying:
    """The factors of expressions, from those of symbols.

    Attributes:
        factors: symbol → factor; what is absent does not change.
        each: whether every coordinate has a c or a sign of its own.
        constants: symbols whose value is the same in every step.
    """

    factors: Mapping[Symbol, Factor]
    each: bool
    constants: frozenset[Symbol]

    def of(self, expr: Any) -> Factor | None:
        """The factor of an expression; None for 0, which has every factor.

        Raises:
            Differs: it has none.
        """
        if expr == 0:
            return None
        if expr.is_number:
            return SAME
        if expr.is_Symbol:
            known: Factor = self.factors.get(expr, SAME)
            return known
        if expr.func not in RULES:
            raise Differs(f"nothing is known of {expr.func.__name__}")
        return RULES[expr.func](self, expr)

    def common(self, parts: Any, where: Any) -> Factor | None:
        """The one factor of several parts."""
        found = [factor for part in parts if (factor := self.of(part)) is not None]
        if any(not equal(factor, found[0]) for factor in found):
            raise Differs(f"the parts of {type(where).__name__} {str(where)[:50]} change by several factors")
        return found[0] if found else None

    def unturned(self, factor: Factor | None, where: Any) -> Factor | None:
        """A factor that does not turn the sign."""
        if factor is not None and factor[1] % 2 != 0:
            raise Differs(f"the sign of {str(where)[:50]} would turn")
        return factor

    def unscaled(self, factor: Factor | None, where: Any) -> Factor | None:
        """A factor without c."""
        if factor is not None and expand(factor[0]) != 0:
            raise Differs(f"the size of {str(where)[:50]} would change")
        return factor


def _product(carry: Carrying, expr: Expr) -> Factor | None:
    found = [carry.of(part) for part in expr.args]
    if None in found:
        return None
    return Add(*(f[0] for f in found if f)), Add(*(f[1] for f in found if f))


def _power(carry: Carrying, expr: Expr) -> Factor | None:
    base, exponent = carry.of(expr.base), expr.exp
    if carry.of(exponent) not in (None, SAME):
        raise Differs(f"the exponent of {str(expr)[:50]} would change")
    if base is None:
        return None
    if exponent.is_Integer:
        return base[0] * exponent, base[1] * exponent
    carry.unturned(base, expr)
    if not exponent.free_symbols <= carry.constants:
        carry.unscaled(base, expr)
    return base[0] * exponent, Integer(0)


def _clip(expr: Expr) -> tuple[Expr, Expr] | None:
    """(e, b) of min(b, max(−b, e)), which turns its sign as e does; None for anything else."""
    for bound, inner in (expr.args, expr.args[::-1]) if expr.func == Min and len(expr.args) == 2 else ():
        if isinstance(inner, Max) and -bound in inner.args and len(inner.args) == 2:
            return next(a for a in inner.args if a != -bound), bound
    return None


def _extremum(carry: Carrying, expr: Expr) -> Factor | None:
    if (clip := _clip(expr)) is None:
        return carry.unturned(carry.common(expr.args, expr), expr)
    inside, bound = carry.of(clip[0]), carry.unturned(carry.of(clip[1]), expr)
    if inside is not None and bound is not None and expand(inside[0] - bound[0]) != 0:
        raise Differs("a value and the bound to which it is clipped change by several factors")
    return inside


def _cases(carry: Carrying, expr: Expr) -> Factor | None:
    for _, condition in expr.args:
        _decided(carry, condition)
    return carry.common([branch for branch, _ in expr.args], expr)


def _decided(carry: Carrying, condition: Any) -> None:
    """Raises `Differs` unless a condition is decided as before."""
    if isinstance(condition, And | Or):
        for part in condition.args:
            _decided(carry, part)
    elif isinstance(condition, Relational):
        factor = carry.common(condition.args, condition)
        if not isinstance(condition, Eq):
            carry.unturned(factor, condition)


def _chosen(carry: Carrying, expr: Expr) -> Factor | None:
    carry.unturned(carry.of(expr.args[0]), expr)
    return carry.common(expr.args[1:], expr)


def _norm(carry: Carrying, expr: Expr) -> Factor | None:
    factor = carry.of(expr.args[0])
    if carry.each:
        carry.unscaled(factor, expr)
    return factor and (factor[0], Integer(0))


def _sum(carry: Carrying, expr: Expr) -> Factor | None:
    factor = carry.of(expr.args[0])
    return carry.unturned(carry.unscaled(factor, expr), expr) if carry.each else factor


def _largest(carry: Carrying, expr: Expr) -> Factor | None:
    return carry.unturned(_sum(carry, expr), expr)


def _logarithm(carry: Carrying, expr: Expr) -> Factor | None:
    carry.unturned(carry.unscaled(carry.of(expr.args[0]), expr), expr)
    return SAME


def _orthogonal(carry: Carrying, expr: Expr) -> Factor | None:
    matrix, *numbers, least, steps = expr.args
    factor = _sum(carry, expr) if carry.each else carry.common([matrix, least], expr)
    for number in (*numbers, steps):
        carry.unscaled(carry.of(number), expr)
    return factor and (Integer(0), factor[1])


def _size(carry: Carrying, expr: Expr) -> Factor | None:
    factor = carry.of(expr.args[0])
    return factor and (factor[0], Integer(0))


def _sign(carry: Carrying, expr: Expr) -> Factor | None:
    factor = carry.of(expr.args[0])
    return factor and (Integer(0), factor[1])


RULES: Mapping[Any, Callable[[Carrying, Any], Factor | None]] = {
    Add: lambda carry, expr: carry.common(expr.args, expr),
    Mul: _product,
    Pow: _power,
    Abs: _size,
    sign: _sign,
    Max: _extremum,
    Min: _extremum,
    Piecewise: _cases,
    IfPositive: _chosen,
    Norm: _norm,
    log: _logarithm,
    **dict.fromkeys(SUMS, _sum),
    **dict.fromkeys(MAXIMA, _largest),
    **dict.fromkeys((NewtonSchulz, NewtonSchulzInBfloat16), _orthogonal),
}
