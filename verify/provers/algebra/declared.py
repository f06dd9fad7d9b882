"""Proofs that a quantity has a sign wherever hyperparameters are in their domains: [low, high), t = 1, 2, …

Powers of what lies in [0, 1) lie there too: each becomes a fraction y/(1 + y) of its own, y ≥ 0, which forgets how
they hang together, and so proves less and nothing false.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from sympy import Add, Dummy, Expr, Max, Min, Mul, Piecewise, Pow, Symbol, factor, oo, sympify, together

from lawful.verify.language.tensors import IfPositive, OfTensor
from lawful.verify.provers.algebra.kept import not_negative
from lawful.verify.provers.algebra.sign import certificate
from lawful.verify.provers.algebra.unroll import at, cases
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.claims import Declared, Domain


def declared(claim: Declared) -> Answer:
    """Whether a running quantity keeps the sign that its symbol is declared to have."""
    positive = bool(claim.symbol.is_positive)
    shown = [has_sign(e, claim.over, positive) for e in (claim.start, claim.following)]
    sign = "> 0" if positive else "≥ 0"
    missing = [when for when, held in zip(("at first", "after a step"), shown, strict=True) if not held]
    found = f"{' and '.join(missing)} it is not shown" if missing else "it is so at first and after each step"
    return Answer(not missing, [f"{claim.symbol} {sign}, as declared: {found}."])


def has_sign(expr: Expr, over: Domain, positive: bool) -> bool:
    """Whether an expression is provably not negative on a domain, or positive."""
    plain = in_fractions(expr, over)
    if not positive and _not_negative(plain):
        return True
    return not plain.has(OfTensor) and all(
        bool(factor(case).is_positive or certificate(case, {})) if positive else not_negative(case, {})
        for branch in branches(plain)
        for _, case in cases(branch)
    )


def _not_negative(expr: Any) -> bool:
    """By what it is made of, part by part."""
    if expr.is_nonnegative:
        return True
    if isinstance(expr, Add):
        return all(map(_not_negative, expr.args)) or bool(
            not expr.has(OfTensor) and factor(together(expr)).is_nonnegative
        )
    if isinstance(expr, Piecewise):
        return all(_not_negative(branch) for branch, _ in expr.args)
    if isinstance(expr, Pow) and expr.exp.is_even:
        return True  # what a rule computes is real
    if isinstance(expr, Mul | Min | Pow):
        return all(map(_not_negative, expr.args[:1] if isinstance(expr, Pow) else expr.args))
    if isinstance(expr, IfPositive):
        return all(map(_not_negative, expr.args[1:]))
    return isinstance(expr, Max) and any(map(_not_negative, expr.args))


def nonzero(expr: Expr, over: Domain) -> bool:
    """Whether an expression is provably not 0 on a domain."""
    return all(
        bool(case.is_nonzero or factor(together(case)).is_nonzero or certificate(case, {}))
        or bool(certificate(-case, {}))
        for branch in branches(in_fractions(expr, over))
        for _, case in cases(branch)
    )


def branches(expr: Expr) -> Iterator[Expr]:
    """The expression with every distinction of cases resolved, in all ways."""
    choices = {
        **{p: [branch for branch, _ in p.args] for p in expr.atoms(Piecewise)},
        **{p: list(p.args[1:]) for p in expr.atoms(IfPositive)},
    }
    outer = [p for p in choices if not any(other != p and other.has(p) for other in choices)]
    if not outer:
        yield expr
    for chosen in product(*(choices[p] for p in outer)) if outer else ():
        yield from branches(expr.xreplace(dict(zip(outer, chosen, strict=True))))


def in_fractions(expr: Expr, over: Domain) -> Expr:
    """An expression in symbols that are only known to be positive, or not negative."""
    ends = {s: (sympify(low), sympify(high)) for s, (low, high) in over.items()}
    powers = {p: small for p in expr.atoms(Pow) if (small := _power(p, ends)) is not None}
    return at(expr.xreplace(powers), {s: _fraction(s, low, high) for s, (low, high) in ends.items()})


def _fraction(symbol: Symbol, low: Expr, high: Expr) -> Expr:
    """low ≤ s < high, or low < s where s is declared positive and low is 0."""
    y = Dummy("y", positive=True) if symbol.is_positive and low == 0 else Dummy("y", nonnegative=True)
    if low == -oo:
        return high - y
    return low + y if high == oo else (low + high * y) / (1 + y)


def _power(power: Expr, limits: Mapping[Symbol, tuple[Expr, Expr]]) -> Expr | None:
    """A power that stays in [0, 1): of a symbol of [0, 1); or in (0, 1]: of a number there, of t."""
    base, exponent = power.args
    y = Dummy("y", nonnegative=True)
    if limits.get(base) == (0, 1) and exponent.is_positive and not exponent.is_number:
        return y / (1 + y)
    small = base.is_number and base.is_positive and (1 - base).is_nonnegative
    if small and exponent.is_nonnegative:
        return 1 / (1 + y)
    high = limits.get(exponent, (None, None))[1]
    if base.is_integer and base.is_positive and (exponent.is_nonpositive or high == 0):
        return 1 / (1 + y)
    return None
