"""Expressions as terms of Coq's real numbers, and the conditions under which they mean what they say.

Coq's functions are total: there x/0 is 0, and so is the root of a negative number. So every denominator and every
radicand comes with its condition, which the theorem has among its hypotheses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import (
    Abs,
    Add,
    And,
    Basic,
    Eq,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Ne,
    Or,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    exp,
    log,
    sign,
    sympify,
)
from sympy.core.relational import Relational

from lawful.verify.language.tensors import IfPositive

Names = Mapping[Symbol, str]
"""Symbol → the term that stands for it; natural numbers are `(S n)` or a variable, of type nat."""

MARK = "·"
"""At the end of the name of a symbol that the certificates made for a defined value."""

RESERVED = {
    "at",
    "in",
    "as",
    "if",
    "then",
    "else",
    "let",
    "fun",
    "forall",
    "exists",
    "by",
    "end",
    "mod",
    "return",
}
RESERVED |= {
    "S",
    "O",
    "R",
    "Q",
    "Z",
    "N",
    "C",
    "D",
    "E",
    "INR",
    "IZR",
    "sqrt",
    "ln",
    "exp",
    "fix",
    "with",
    "where",
}


class Untranslatable(Exception):  # an answer, not an error
    """The claim has something that the certificates have no words for; the message says what."""


def name(symbol: Symbol) -> str:
    """A symbol as an identifier of Coq: `x'` stays, `K'(m)` becomes `K'_m_`."""
    found = re.sub(r"[^A-Za-z0-9_']", "_", symbol.name.rstrip(MARK)).lstrip("0123456789'") or "s"
    return f"{found}_" if found in RESERVED else found


def term(expr: Any, names: Names, root: str = "sqrt") -> str:
    """The expression as a term, square roots by the function of this name.

    Raises:
        Untranslatable: it has a function of whole tensors, or a power that is none of real numbers.
    """
    return _Printer(names, root).term(sympify(expr))


def counts(symbol: Symbol) -> bool:
    """Whether a symbol counts steps, and is a natural number in Coq."""
    return symbol.name in ("t", "n") and bool(symbol.is_integer)


@dataclass(frozen=True)
class _Printer:
    names: Names
    root: str

    def term(self, expr: Expr) -> str:
        if expr.is_Symbol:
            return self._symbol(expr)
        if expr.is_Rational:
            return _rational(expr)
        for kind, printed in self._kinds():
            if isinstance(expr, kind):
                return str(printed(expr))
        if expr.is_Float:
            raise Untranslatable(
                f"{float(expr)!r} in its rule is a rounded number, and it speaks of exact ones"
            )
        raise Untranslatable(
            f"{expr.func.__name__} is no function of single real numbers that Coq's library has"
        )

    def _kinds(self) -> list[tuple[Any, Any]]:
        return [
            (Add, self._sum),
            (Mul, self._product),
            (Pow, self._power),
            (Abs, lambda e: f"(Rabs {self.term(e.args[0])})"),
            (sign, lambda e: f"(sgn {self.term(e.args[0])})"),
            (log, lambda e: f"(ln {self.term(e.args[0])})"),
            (exp, lambda e: f"(exp {self.term(e.args[0])})"),
            (Max, lambda e: self._nested("Rmax", list(e.args))),
            (Min, lambda e: self._nested("Rmin", list(e.args))),
            (Piecewise, lambda e: self._cases(list(e.args))),
            (IfPositive, self._if_positive),
        ]

    def _symbol(self, symbol: Symbol) -> str:
        return f"(INR {self.names[symbol]})" if counts(symbol) else self.names[symbol]

    def _sum(self, expr: Expr) -> str:
        minus = [e for e in expr.args if e.could_extract_minus_sign()]
        first, *plus = [e for e in expr.args if e not in minus] or [minus.pop(0)]
        rest = "".join(f" + {self.term(e)}" for e in plus) + "".join(f" - {self.term(-e)}" for e in minus)
        return f"({self.term(first)}{rest})"

    def _product(self, expr: Expr) -> str:
        if expr.could_extract_minus_sign() and expr.args[0].is_negative:
            return f"(- {self.term(-expr)})"
        above, below = [], []
        for factor in Mul.make_args(expr):
            if factor.is_Rational and not factor.is_Integer:
                above += [Integer(factor.p)] if factor.p != 1 else []
                below.append(Integer(factor.q))
            elif (
                factor.is_Pow
                and factor.exp.could_extract_minus_sign()
                and not factor.exp.has(*_counted(factor))
            ):
                below.append(1 / factor)
            else:
                above.append(factor)
        top = " * ".join(map(self.term, above)) or "1"
        divisor = " * ".join(map(self.term, below))
        return f"({top} / {f'({divisor})' if len(below) > 1 else divisor})" if below else f"({top})"

    def _power(self, expr: Expr) -> str:
        base, power = expr.args
        if power.is_Rational and power.q <= 2:
            root = self.term(base) if power.q == 1 else f"({self.root} {self.term(base)})"
            raised = root if abs(power.p) == 1 else f"({root} ^ {abs(power.p)})"
            return raised if power.p > 0 else f"(/ {raised})"
        if counted := _counted(expr):
            return self._counted_power(base, power, counted)
        if base.is_positive:
            return f"(Rpower {self.term(base)} {self.term(power)})"
        raise Untranslatable(f"{expr} is a power of what need not be positive")

    def _counted_power(self, base: Expr, power: Expr, counted: list[Symbol]) -> str:
        """base^(c·t + k) as (base^t)^c · base^k, so that equal powers look equal."""
        rest, below, factors = power.expand(), self.term(base), []
        for symbol in counted:
            times = rest.coeff(symbol)
            factors.append(self._whole(f"({below} ^ {self.names[symbol]})", times, power))
            rest -= times * symbol
        factors = [*([self._whole(below, rest, power)] if rest != 0 else []), *factors]
        return factors[0] if len(factors) == 1 else f"({' * '.join(factors)})"

    def _whole(self, printed: str, power: Expr, of: Expr) -> str:
        if not power.is_Integer:
            raise Untranslatable(f"{of} is not linear in the number of steps with whole coefficients")
        raised = printed if abs(power) == 1 else f"({printed} ^ {abs(power)})"
        return raised if power > 0 else f"(/ {raised})"

    def _nested(self, function: str, args: list[Expr]) -> str:
        first, *rest = sorted(args, key=str)
        return f"({function} {self.term(first)} {self._nested(function, rest)})" if rest else self.term(first)

    def _cases(self, pairs: list[Any]) -> str:
        (value, condition), *rest = pairs
        if condition == True or not rest:  # noqa: E712  # sympy's true
            return self.term(value)
        return f"(if {self._decided(condition)} then {self.term(value)} else {self._cases(rest)})"

    def _decided(self, condition: Basic) -> str:
        """A condition as a decision."""
        if isinstance(condition, Or | And):
            first, *rest = sorted(condition.args, key=str)
            other = self._decided(condition.func(*rest))
            joined = "either" if isinstance(condition, Or) else "both"
            return f"({joined} {self._decided(first)} {other})"
        if not isinstance(condition, Relational):
            raise Untranslatable(f"the condition {condition} is no comparison")
        left, right = condition.lhs, condition.rhs
        if isinstance(condition, Eq | Ne) and left.is_Symbol and counts(left) and right.is_Integer:
            equal = f"(Nat.eq_dec {self.names[left]} {right})"
        elif isinstance(condition, Eq | Ne):
            equal = f"(Req_EM_T {self.term(left)} {self.term(right)})"
        else:
            low, high = condition.lts, condition.gts
            return f"({'Rlt' if condition.rel_op in '<>' else 'Rle'}_dec {self.term(low)} {self.term(high)})"
        return f"(negated {equal})" if isinstance(condition, Ne) else equal

    def _if_positive(self, expr: Expr) -> str:
        q, a, b = map(self.term, expr.args)
        return f"(if Rlt_dec 0 {q} then {a} else {b})"


def _counted(power: Expr) -> list[Symbol]:
    return sorted((s for s in power.exp.free_symbols if counts(s)), key=str)


def _rational(number: Rational) -> str:
    whole = f"{number.p}" if number.p >= 0 else f"(-{-number.p})"
    return whole if number.q == 1 else f"({whole} / {number.q})"


@dataclass(frozen=True)
class Condition:
    """What must hold for an expression to mean something: `of` is not 0, not negative, or positive."""

    relation: str
    of: Expr

    def prop(self, names: Names) -> str:
        """As a proposition of Coq."""
        printed = term(self.of, names)
        return f"{printed} <> 0" if self.relation == "<>" else f"0 {self.relation} {printed}"


def conditions(expr: Any) -> Iterator[Condition]:
    """The conditions under which an expression means something, innermost first, but for those on numbers and on
    symbols declared positive."""
    expr = sympify(expr)
    for part in expr.args:
        yield from conditions(part)
    if isinstance(expr, Pow):
        half = expr.exp.is_Rational and expr.exp.q == 2
        if half:
            yield from _nontrivial("<=", expr.base)
        if expr.exp.could_extract_minus_sign() or (_counted(expr) and _may_be_negative(expr.exp)):
            yield from _nontrivial(
                "<>", Pow(expr.base, Rational(1, 2), evaluate=False) if half else expr.base
            )
    if isinstance(expr, log):
        yield from _nontrivial("<", expr.args[0])


def _may_be_negative(power: Expr) -> bool:
    return any(term.could_extract_minus_sign() for term in Add.make_args(power.expand()))


def _nontrivial(relation: str, of: Expr) -> Iterator[Condition]:
    """A condition, unless it is one on numbers or products of positive symbols; that Coq sees by itself."""
    parts = [part.base if part.is_Pow and part.exp.is_Integer else part for part in Mul.make_args(of)]
    plain = all(part.is_positive and (part.is_Symbol or part.is_Rational) for part in parts)
    if (
        not plain
        and not (relation == "<=" and of.is_Symbol and of.is_nonnegative)
        and not _true(relation, of)
    ):
        yield Condition(relation, of)


def _true(relation: str, of: Expr) -> bool:
    return bool(of.is_number and (of.is_nonzero if relation == "<>" else of.is_positive))
