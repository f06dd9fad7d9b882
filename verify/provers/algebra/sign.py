"""Proofs that something is positive: assumptions, positive coefficients, one square, and monotone dependence.

A domain is mapped to positive reals first, a < s by s = a + y and a < s < b by s = (a + b·y)/(1 + y). A
polynomial in positive symbols whose coefficients are positive is positive: they are the whole certificate.
"""

from collections.abc import Mapping

from sympy import (
    Add,
    Expr,
    Max,
    Min,
    Poly,
    Symbol,
    diff,
    factor,
    fraction,
    oo,
    radsimp,
    sympify,
    together,
)  # fmt: skip

from lawful.verify.language.plain import plain
from lawful.verify.provers.algebra.unroll import (
    State,
    at,
    cases,
    course,
    inputs,
    unroll,
    unrolled,
)
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.claims import Answer, Bounds, Domain, Positive, Run, Runs
from lawful.verify.provers.owed import declared_of

POLYA = (0, 2, 8)
"""By which powers of 1 + y a polynomial in one symbol is multiplied to make its coefficients positive."""


def positive(claim: Positive) -> Answer:
    """Whether the claimed expression is provably positive on its domain."""
    if claim.written is not None:
        return _through(claim)
    expr = carried(claim.expr, claim.runs, claim.over)
    found = [(case, certificate(rest, {}, claim.strict)) for case, rest in cases(expr)]
    lines: list[str] = [
        f"{f'Case {case}: ' if case else ''}{why or 'no certificate of its sign'}." for case, why in found
    ]
    return Answer(all(why for _, why in found), lines)


def certificate(expr: Expr, over: Domain, strict: bool = True) -> str:
    """Why an expression without case distinctions is positive on a domain; empty if no reason was found."""
    plain = ordered(at(expr, moved(over)))
    scaled = factor(together(plain))
    if why := _by_assumption(scaled) or _by_coefficients(scaled):
        return why
    return "it is 0" if not strict and vanishes(scaled) else _by_square(plain)


def carried(expr: Expr, runs: Runs, over: Domain) -> Expr:
    """An expression with every run in it carried out, on a domain that is moved to positive symbols.

    A maximum is decided at the step at which it is taken: later it would be compared again and again.
    """
    there = moved(over)
    return at(at(expr, {symbol: _carried(run, over)[run.read] for symbol, run in runs.items()}), there)


_CARRIED: dict[object, list[State]] = {}


def _carried(run: Run, over: Domain) -> State:
    """What a run ends with on a moved domain; carried out once."""
    there = moved(over)
    first = {s: at(run.first_value(s), there) for s in run.system}
    found = _CARRIED.setdefault((course(run), tuple(over.items())), [first])
    system = {s: at(e, there) for s, e in run.system.items()} if len(found) <= run.steps else {}
    for k in range(len(found), run.steps + 1):
        here = {**found[-1], **{s: at(e, there) for s, e in inputs(run, k).items()}}
        found.append({s: ordered(at(e, here)) for s, e in system.items()})
    return found[run.steps]


def moved(over: Domain) -> Mapping[Symbol, Expr]:
    """Each symbol of a domain in terms of a positive one."""
    return {s: _moved(s, sympify(low), sympify(high)) for s, (low, high) in over.items()}


def _moved(symbol: Symbol, low: Expr, high: Expr) -> Expr:
    y = Symbol(f"y_{symbol.name}", positive=True)
    return low + y if high == oo else (low + high * y) / (1 + y)


def ordered(expr: Expr) -> Expr:
    """The expression with every maximum and minimum decided where certificates decide it."""
    for extremum in sorted(expr.atoms(Max, Min), key=str):
        direction = 1 if isinstance(extremum, Max) else -1
        for chosen in extremum.args:
            gaps = (direction * (chosen - other) for other in extremum.args if other is not chosen)
            if all(certificate(gap, {}, strict=False) for gap in gaps):
                return ordered(at(expr, {extremum: chosen}))
    return expr


def _by_assumption(expr: Expr) -> str:
    return "every factor is positive by the symbols' assumptions" if expr.is_positive else ""


def _by_coefficients(expr: Expr) -> str:
    numerator, denominator = fraction(expr)
    if not _positive_coefficients(denominator):
        numerator, denominator = -numerator, -denominator
    if _positive_coefficients(numerator) and _positive_coefficients(denominator):
        return "all coefficients are positive after the domain is moved to positive reals"
    return ""


def _positive_coefficients(expr: Expr) -> bool:
    symbols = sorted(expr.free_symbols, key=str)
    if not all(s.is_positive for s in symbols) or not expr.is_polynomial(*symbols):
        return False
    if not symbols:
        return bool(expr.is_positive)
    polynomial = Poly(expr, *symbols)
    powers = POLYA if len(symbols) == 1 else POLYA[:1]
    return any(_all_positive(polynomial * Poly((1 + symbols[0]) ** k, *symbols)) for k in powers)


def _all_positive(polynomial: Poly) -> bool:
    return all(radsimp(c).is_positive for c in polynomial.coeffs())


def _by_square(expr: Expr) -> str:
    """One positive term against k negative ones: a² > k·Σb² suffices, because (Σb)² ≤ k·Σb²."""
    terms = Add.make_args(expr)
    plus = [term for term in terms if factor(term).is_positive]
    minus = [term for term in terms if factor(-term).is_positive]
    if len(plus) != 1 or len(plus) + len(minus) != len(terms):
        return ""
    gap = factor(together(plus[0] ** 2 - len(minus) * sum(term**2 for term in minus)))
    why = _by_assumption(gap) or _by_coefficients(gap)
    return why and f"squared, by Cauchy-Schwarz over the {len(minus)} negative terms, {why}"


def _through(claim: Positive) -> Answer:
    """Prove bounds of the quantities, then put the worst bound of each into an expression monotone in all."""
    assert claim.written is not None
    lines: list[str] = []
    worst: dict[Symbol, Expr | None] = {}
    for symbol, bounds in claim.through.items():
        lines += (bounded := _bounded(symbol, bounds, claim.over)).lines
        worst[symbol] = _worst(claim.written, symbol, bounds)
        if not bounded.holds or worst[symbol] is None:
            return Answer(False, [*lines, f"No bound for {symbol}, or no monotone dependence on it."])
    exact = {s: _value(b.quantity) for s, b in claim.through.items()}
    same = vanishes(at(claim.written, exact) - unrolled(claim.expr, claim.runs))
    lines.append(f"In these quantities it is {plain(claim.written)}{'' if same else ': not proved'}.")
    least = at(claim.written, worst)
    why = certificate(least, claim.over, claim.strict)
    lines.append(f"Monotone in each, so at least {plain(least)}: {why or 'no certificate of its sign'}.")
    return Answer(same and bool(why), lines)


def _value(quantity: Expr | Run) -> Expr:
    return unroll(quantity) if isinstance(quantity, Run) else quantity


def _bounded(symbol: Symbol, bounds: Bounds, over: Domain) -> Answer:
    value = _value(bounds.quantity)
    lines: list[str] = (
        [f"{symbol} > 0, as declared: {certificate(value, over) or 'not proved'}."]
        if symbol.is_positive
        else []
    )
    if declared_of(symbol) and not symbol.is_positive:
        lines.append(f"{symbol} is declared to be what is not shown: not proved.")
    for relation, bound, direction in (("≥", bounds.low, 1), ("≤", bounds.high, -1)):
        if bound is not None:
            why = certificate(direction * (value - bound), over, strict=False)
            lines.append(f"{symbol} {relation} {plain(bound)}: {why or 'not proved'}.")
    return Answer(not any("not proved" in line for line in lines), lines)


def _worst(written: Expr, symbol: Symbol, bounds: Bounds) -> Expr | None:
    slope = factor(diff(written, symbol))
    return bounds.low if slope.is_positive else bounds.high if slope.is_negative else None
