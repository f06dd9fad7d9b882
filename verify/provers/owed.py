"""What claims rest on without saying so: that what runs has the sign that its symbol is declared to have.

sympy takes √(v²) for v as soon as v is declared not negative. So whoever declares a state must show that it stays so.
"""

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

from sympy import Expr, Symbol, sympify

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.provers.claims import (
    Always,
    Covariant,
    Declared,
    Equal,
    Forced,
    Kept,
    MeanStep,
    Positive,
    Stable,
)
from lawful.verify.provers.domains import limits

System = tuple[Mapping[Symbol, Expr], Mapping[Symbol, Expr]]
"""Symbol → next value, and → value at first; a symbol that is absent there may have any value."""


def owed(claim: Any, rules: list[Rule]) -> Iterator[Declared]:
    """The signs that the symbols of a claim's systems are declared to have, each as a claim."""
    for system, start in systems(claim):
        read = {s for e in system.values() for s in sympify(e).free_symbols}
        for symbol in system:
            if symbol in read and declared_of(symbol):
                yield _declared(claim, symbol, start.get(symbol, symbol), system[symbol], rules)


def declared_of(symbol: Symbol) -> set[str]:
    """What a symbol is declared to be beyond real."""
    return {fact for fact, held in symbol.assumptions0.items() if held} - set(
        Symbol("_", real=True).assumptions0
    )


def _declared(claim: Any, symbol: Symbol, start: Any, following: Any, rules: list[Rule]) -> Declared:
    first, then = sympify(start), sympify(following)
    named = getattr(claim, "over", {})
    symbols = sorted(first.free_symbols | then.free_symbols, key=str)
    over = {s: named[s] for s in symbols if s in named}
    within = {s: ends for s, ends in limits(symbols, rules).items() if s not in over}
    return Declared(f"{symbol} keeps its sign", symbol, first, then, over, within)


def of_rule(rule: Rule, start: Mapping[Symbol, Expr]) -> System:
    """What runs when a rule does."""
    return {x: rule.x, **rule.state}, {**{s: rule.initial(s) for s in rule.state}, **start}


@singledispatch
def systems(claim: Any) -> Iterator[System]:
    """What runs in a claim."""
    yield from ()


@systems.register(Equal)
@systems.register(Positive)
@systems.register(Forced)
def _(claim: Equal | Positive | Forced) -> Iterator[System]:
    for run in claim.runs.values():
        yield of_rule(run.rule, run.start)


@systems.register
def _(claim: MeanStep) -> Iterator[System]:
    yield of_rule(claim.rule, {})


@systems.register
def _(claim: Covariant) -> Iterator[System]:
    if claim.rule.scope == "lane":
        yield of_rule(claim.rule, {})


@systems.register(Always)
@systems.register(Kept)
def _(claim: Always | Kept) -> Iterator[System]:
    if not getattr(claim, "special", False):
        yield claim.state, {s: claim.start.get(s, s * 0) for s in claim.state}


@systems.register
def _(claim: Stable) -> Iterator[System]:
    yield claim.system, {}
