"""What a law rests on, found on its objects: for which rules, what its symbols may be, where it says nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import singledispatch
from math import isinf
from typing import Any

from sympy import Expr, Rational, Symbol, oo, sympify

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.provers.algebra.defined import excluded
from lawful.verify.provers.claims import ABBREVIATE, Always, Covariant, Kept, Run, Stable, n
from lawful.verify.provers.domains import range_of
from lawful.verify.provers.maps import Linearised
from lawful.verify.theory.formula import symbols_in


def rules_in(data: Any) -> list[Rule]:
    """Every rule in data, each once."""
    found: list[Rule] = []
    for rule in _rules(data):
        if rule not in found:
            found.append(rule)
    return found


def _rules(data: Any) -> Iterator[Rule]:
    if isinstance(data, Rule):
        yield data
    elif isinstance(data, Mapping):
        yield from _rules([*data.values()])
    elif is_dataclass(data) and not isinstance(data, type):
        yield from _rules([getattr(data, f.name) for f in fields(data)])
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _rules(item)


# ------------------------------------------------------------------------------------------- symbols
def given(claims: Iterable[Any], rules: list[Rule]) -> str:
    """What the symbols of claims may be: `lr > 0; 0 ≤ beta1, beta2 < 1; g, x real; C > 2; t = 1, 2, …`."""
    named: dict[str, list[str]] = {}
    for symbol, here in places(claims, rules).items():
        if plain(symbol) not in named.setdefault(here.words, []):
            named[here.words].append(plain(symbol))
    found = sorted(named, key=lambda where: (where.endswith("real"), "=" in where, where))
    return "; ".join(where.format(", ".join(sorted(named[where]))) for where in found)


def places(claims: Iterable[Any], rules: list[Rule]) -> "dict[Symbol, Place]":
    """Where the symbols of claims may lie: what a claim says itself goes before what they are declared to be."""
    found: dict[Symbol, Place] = {}
    for claim in claims:
        over = getattr(claim, "over", {})
        for symbol in sorted(free(claim) | over.keys(), key=str):
            if symbol in over or symbol not in found:
                found[symbol] = place(symbol, over, rules)
    return found


@dataclass(frozen=True)
class Place:
    """Where a symbol may lie: from `low`, itself included if `closed`, to below `high`; a whole number if `whole`."""

    low: Expr
    high: Expr
    closed: bool = False
    whole: bool = False

    @property
    def words(self) -> str:
        """It, with a gap for the names of what lies there: `0 ≤ {} < 1`."""
        low, high = plain(self.low), plain(self.high)
        if self.whole:
            return f"{{}} = {low}, {self.low + 1}, …"
        if self.low == -oo:
            return "{} real" if self.high == oo else f"{{}} < {high}"
        if self.high == oo:
            return f"{{}} {'≥' if self.closed else '>'} {low}"
        return f"{low} {'≤' if self.closed else '<'} {{}} < {high}"


def place(symbol: Symbol, over: Mapping[Symbol, tuple[Expr, Expr]], rules: list[Rule]) -> Place:
    """Where a symbol of a claim about these rules may lie."""
    if symbol in over:
        low, high = (sympify(end) for end in over[symbol])
        return Place(low, high)
    if symbol.is_integer:
        return Place(sympify(1 if symbol.is_positive else 0), oo, closed=True, whole=True)
    range_ = range_of(symbol, rules)
    high = oo if range_ is None else _end(range_.high)
    if not (symbol.is_nonnegative or high != oo):
        return Place(-oo, oo)
    low = _end(range_.low) if range_ else sympify(0)
    strict = (symbol.is_positive and low == 0) or (range_ is not None and range_.open_low)
    return Place(low, high, closed=low != -oo and not strict)


def _end(number: float) -> Expr:
    return sympify(number) if isinf(number) else Rational(f"{number:g}")


def free(claim: Any) -> set[Symbol]:
    """The symbols over which a claim ranges: not those that abbreviate something or run."""
    return _free(claim) - {s for part in ABBREVIATE for s in getattr(claim, part, ())}


@singledispatch
def _free(claim: Any) -> set[Symbol]:
    runs = getattr(claim, "runs", {})
    rest = {
        f.name: getattr(claim, f.name)
        for f in fields(claim)
        if f.name not in ("runs", "through", "written", "over")
    }
    return symbols_in(rest).union(*(_of_run(run) for run in runs.values()))


def _of_run(run: Run) -> set[Symbol]:
    """What a run is given."""
    system = run.system
    start = {s: sympify(run.first_value(s)) for s in system}
    inputs = [sympify(run.gradient(k)) for k in range(1, run.steps + 1)]
    given = [*start.values(), *inputs, sympify(run.first)]
    return (symbols_in([*system.values()]) - {g, t, *system}) | symbols_in(given)


@_free.register(Always)
@_free.register(Kept)
def _(claim: Always | Kept) -> set[Symbol]:
    running = {*claim.state, n, t}
    return symbols_in(
        [dict(claim.state), dict(claim.holds) if isinstance(claim, Always) else {}]
    ) - running | (symbols_in([claim.start.get(s, s * 0) for s in claim.state]))


@_free.register
def _(claim: Stable) -> set[Symbol]:
    return symbols_in([claim.system, claim.limit]) - claim.system.keys()


@_free.register
def _(claim: Linearised) -> set[Symbol]:
    return symbols_in([claim.system, claim.point, claim.polynomial]) - claim.system.keys()


@_free.register
def _(claim: Covariant) -> set[Symbol]:
    return set(claim.rule.defaults) | {x, g}


# ------------------------------------------------------------------------------------------ exceptions
def exceptions(claims: Iterable[Any]) -> list[str]:
    """Where the claims say nothing: where something is divided by that is 0."""
    found = dict.fromkeys(f"{plain(e)} {fails}" for claim in claims for e, fails in excluded(claim))
    if any(isinstance(claim, Covariant) and claim.rule.divisors for claim in claims):
        found["a rule would divide by 0: neither path goes on there"] = None
    return list(found)
