"""The first prover's answers: algebra, by induction over one step where a claim is about all steps.

`solve` is never asked: an empty answer of it proves nothing. What is nonzero or positive is so by the
symbols' declared assumptions, and those are printed with every law.
"""

from functools import singledispatch
from typing import Any

from sympy import Expr, PolynomialError, Symbol, series

from lawful.verify.language.plain import plain
from lawful.verify.language.symbols import t
from lawful.verify.provers.algebra.changed import covariant
from lawful.verify.provers.algebra.declared import declared
from lawful.verify.provers.algebra.defined import impossible
from lawful.verify.provers.algebra.forced import forced
from lawful.verify.provers.algebra.kept import kept
from lawful.verify.provers.algebra.linearised import linearised
from lawful.verify.provers.algebra.mean import mean_step
from lawful.verify.provers.algebra.sign import carried, ordered, positive
from lawful.verify.provers.algebra.stability import stable
from lawful.verify.provers.algebra.storage import per_parameter
from lawful.verify.provers.algebra.unroll import at, cases
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.claims import (
    ABBREVIATE,
    Always,
    Answer,
    Claim,
    Covariant,
    Declared,
    Equal,
    Expansion,
    Forced,
    Kept,
    MeanStep,
    Positive,
    Run,
    Stable,
    Stored,
    n,
)
from lawful.verify.provers.maps import Linearised


def prove(claim: Claim) -> Answer:
    """Whether algebra establishes a claim, and how; False means only that it did not."""
    try:
        lacking = impossible(claim)
        answer = Answer(False, lacking) if lacking else _prove(claim)
    except (NotImplementedError, PolynomialError, ZeroDivisionError) as reason:
        answer = Answer(False, [f"Algebra cannot say: {reason}."], certain=False)
    return Answer(answer.holds, [f"Claim: {claim.label}.", *_meanings(claim), *answer.lines])


def _meanings(claim: Claim) -> list[str]:
    """What the symbols of a claim stand for."""
    meanings = {s: e for part in ABBREVIATE for s, e in getattr(claim, part, {}).items()}
    return [f"Here {plain(s)} is {_said(meaning)}." for s, meaning in meanings.items()]


def _said(meaning: Any) -> str:
    return str(meaning) if isinstance(meaning, Run) else plain(meaning)


@singledispatch
def _prove(claim: Any) -> Answer:
    raise NotImplementedError(f"no proof procedure for {type(claim).__name__}")


@_prove.register
def _(claim: Equal) -> Answer:
    gap = at(claim.left, claim.where) - at(claim.right, claim.where)
    return identity(ordered(carried(gap, claim.runs, claim.over)), "The difference of the two sides")


@_prove.register
def _(claim: Positive) -> Answer:
    return positive(claim)


@_prove.register
def _(claim: MeanStep) -> Answer:
    return mean_step(claim)


@_prove.register
def _(claim: Kept) -> Answer:
    return kept(claim)


@_prove.register
def _(claim: Stable) -> Answer:
    return stable(claim)


@_prove.register
def _(claim: Linearised) -> Answer:
    return linearised(claim)


def identity(expr: Expr, words: str) -> Answer:
    """Whether an expression is 0 in each of its cases."""
    found = [(case, vanishes(rest)) for case, rest in cases(expr)]
    lines = [
        f"{words}{f' (case {case})' if case else ''} {'is' if zero else 'does not reduce to'} 0."
        for case, zero in found
    ]
    return Answer(all(zero for _, zero in found), lines)


@_prove.register
def _(claim: Always) -> Answer:
    parts = [_base(claim), *(_step(claim, symbol) for symbol in claim.holds), _moves(claim)]
    return Answer(all(part.holds for part in parts), [line for part in parts for line in part.lines])


def _base(claim: Always) -> Answer:
    starts = {symbol: claim.start.get(symbol, 0) for symbol in claim.state}
    gaps = [at(symbol - expr, {**starts, n: 0}) for symbol, expr in claim.holds.items()]
    holds = all(vanishes(gap) for gap in gaps)
    return Answer(holds, [f"Base: before the first step it {'holds' if holds else 'does not hold'}."])


def _step(claim: Always, symbol: Symbol) -> Answer:
    """The equation for `symbol` after step t, granted all equations after step t − 1."""
    before = {v: Symbol(f"{v.name}_before", **v.assumptions0) for v in claim.varying}
    hypothesis = {s: at(e, {**before, n: t - 1}) for s, e in claim.holds.items()}
    following = {s: at(e, hypothesis) for s, e in claim.state.items()}
    gap = following[symbol] - at(claim.holds[symbol], {**following, n: t})
    return identity(gap, f"Step: granted it for t − 1, the gap in {symbol} after step t")


def _moves(claim: Always) -> Answer:
    """A law about a system that stands still would be empty."""
    moves = any(claim.state[symbol] != symbol for symbol in claim.holds)
    return Answer(moves, [] if moves else ["The system stands still: the claim would be empty."])


@_prove.register
def _(claim: Forced) -> Answer:
    return forced(claim)


@_prove.register
def _(claim: Declared) -> Answer:
    return declared(claim)


@_prove.register
def _(claim: Expansion) -> Answer:
    found = series(claim.expr, claim.variable, 0, claim.order).removeO()
    holds = vanishes(found - claim.terms)
    return Answer(holds, [f"Its series up to order {claim.order} is {plain(found)}."])


@_prove.register
def _(claim: Covariant) -> Answer:
    return covariant(claim)


@_prove.register
def _(claim: Stored) -> Answer:
    found = per_parameter(claim.rule)
    return Answer(vanishes(found - claim.numbers), [f"Its state varies along as many axes as make {found}."])
