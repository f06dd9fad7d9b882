"""What a law rests on, found on its objects: for which rules, what its symbols may be, where it says nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import singledispatch
from typing import Any

from sympy import Expr, Symbol, oo, sympify

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.provers.algebra.defined import excluded
from lawful.verify.provers.claims import ABBREVIATE, Always, Covariant, Kept, Run, Stable, n
from lawful.verify.provers.domains import range_of
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
    symbols: dict[Symbol, str] = {}
    for claim in claims:
        over = getattr(claim, "over", {})
        for symbol in sorted(free(claim) | over.keys(), key=str):
            if symbol in over or symbol not in symbols:
                symbols[symbol] = _where(symbol, over, rules)
    named: dict[str, list[str]] = {}
    for symbol, where in symbols.items():
        if plain(symbol) not in named.setdefault(where, []):
            named[where].append(plain(symbol))
    places = sorted(named, key=lambda where: (where.endswith("real"), "=" in where, where))
    return "; ".join(where.format(", ".join(sorted(named[where]))) for where in places)


def _where(symbol: Symbol, over: Mapping[Symbol, tuple[Expr, Expr]], rules: list[Rule]) -> str:
    """Where a symbol may lie, with a gap for its name."""
    if symbol in over:
        low, high = (sympify(end) for end in over[symbol])
        return f"{{}} > {plain(low)}" if high == oo else f"{plain(low)} < {{}} < {plain(high)}"
    if symbol.is_integer:
        return f"{{}} = {1 if symbol.is_positive else 0}, {2 if symbol.is_positive else 1}, …"
    range_ = range_of(symbol, rules)
    high = "" if range_ is None or range_.high == float("inf") else f" < {range_.high:g}"
    if not (symbol.is_nonnegative or high):
        return "{} real"
    low = range_.low if range_ else 0.0
    if not high:
        return "{} > 0" if symbol.is_positive else "{} ≥ 0" if low == 0 else f"{{}} ≥ {low:g}"
    if low == float("-inf"):
        return f"{{}}{high}"
    return f"{low:g} {'<' if symbol.is_positive or (range_ and range_.open_low) else '≤'} {{}}{high}"


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
def _(claim: Covariant) -> set[Symbol]:
    return set(claim.rule.defaults) | {x, g}


# ------------------------------------------------------------------------------------------ exceptions
def exceptions(claims: Iterable[Any]) -> list[str]:
    """Where the claims say nothing: where something is divided by that is 0."""
    found = dict.fromkeys(f"{plain(e)} {fails}" for claim in claims for e, fails in excluded(claim))
    if any(isinstance(claim, Covariant) and claim.rule.divisors for claim in claims):
        found["a rule would divide by 0: neither path goes on there"] = None
    return list(found)
