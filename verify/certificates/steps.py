"""Runs, written out step by step: each value has a name, and is defined by the rule's own expressions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Symbol, sympify

from lawful.verify.certificates.given import Given, defined, plain, put
from lawful.verify.certificates.terms import Condition, Names, term
from lawful.verify.language.symbols import g, t, x
from lawful.verify.provers.claims import Run, nth


@dataclass
class Definitions:
    """Values that are defined one after another.

    Attributes:
        symbols: those defined, in their order, each with its expression in the ones before it.
        values: each in the constants alone.
    """

    symbols: dict[Symbol, Expr] = field(default_factory=dict)
    values: dict[Symbol, Expr] = field(default_factory=dict)

    def define(self, symbol: Symbol, expr: Expr) -> None:
        """One more."""
        self.symbols[symbol] = expr
        self.values[symbol] = put(expr, self.values)

    def lets(self, names: Names) -> list[str]:
        """`let m1 := … in`, one a line."""
        return [f"let {names[s]} := {term(e, names)} in" for s, e in self.symbols.items()]

    @property
    def constants(self) -> set[Symbol]:
        """The symbols on which they depend."""
        return set().union(*(e.free_symbols for e in self.symbols.values())) - self.symbols.keys()

    def conditions(self, *others: Expr) -> list[Condition]:
        """What must hold for them, and for other expressions, to mean something."""
        return defined([*self.symbols.values(), *others])


def unfold(run: Run, symbol: Symbol, into: Definitions, prefix: str) -> None:
    """Defines every value of a run in its order, and `symbol` as what it ends with."""
    rule = run.rule
    system = cone({x: rule.x, **rule.state}, {run.read})
    state = {s: plain(s, f"_{prefix}_0") for s in system}
    for s, first in state.items():
        into.define(first, sympify(run.start.get(s, x if s == x else rule.initial(s))))
    for k in range(1, run.steps + 1):
        inputs = {t: sympify(run.first + k - 1), g: run.gradient(k), **{h: nth(h, k) for h in run.varying}}
        following = {s: plain(s, f"_{prefix}_{k}") for s in system}
        for s, expr in system.items():
            into.define(following[s], put(expr, {**inputs, **state}))
        state = following
    into.define(symbol, state[run.read])


def cone(system: Mapping[Symbol, Expr], of: Iterable[Symbol]) -> dict[Symbol, Expr]:
    """The quantities of a system on which some of them depend, at once or later, with their next values."""
    found = set(of) & system.keys()
    while more := {s for f in found for s in system[f].free_symbols & system.keys()} - found:
        found |= more
    return {s: e for s, e in system.items() if s in found}


def premises(found: Sequence[Condition], known: Given, names: Names) -> list[str]:
    """Conditions as propositions, but for those that stand among the hypotheses already."""
    told = {h.text for h in known.hypotheses}
    return [text for text in dict.fromkeys(c.prop(names) for c in found) if text not in told]
