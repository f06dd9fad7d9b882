"""Forms of a rule that are one as long as the hyperparameters stay what they are: averages kept as sums, sums as
averages, averages already corrected, powers as running products, or as running sums of weights.

Where a β or a momentum is changed in mid-run they go apart, and no source says which of them is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Literal

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import t


def remembered(rule: Rule) -> frozenset[Symbol]:
    """The hyperparameters by which state is multiplied from step to step."""
    products = ((s, p) for s, e in rule.state.items() for p in e.atoms(Mul))
    return frozenset(h for s, p in products if s in p.args for h in p.free_symbols & rule.defaults.keys())


Running = Literal["", "products", "sums"]


@dataclass(frozen=True)
class Form:
    """A way to keep the state of a rule.

    Attributes:
        scaled: the state that is kept in another unit.
        running: as what powers of hyperparameters are kept from step to step: products, or the sums 1 + β + β² + … of
            the weights in an average, of which 1 − βᵗ is (1 − β) times; "" where they are powers.
        corrected: whether averages are kept divided by 1 − βᵗ, where the rule has that.
    """

    scaled: frozenset[Symbol] = frozenset()
    running: Running = ""
    corrected: bool = False

    def of(self, rule: Rule) -> Rule:
        """The rule in this form, which is written once: a run asks for it at every step."""
        key = self, str(rule), rule.hash
        if key not in WRITTEN:
            WRITTEN[key] = self._of(rule)
        return WRITTEN[key]

    def _of(self, rule: Rule) -> Rule:
        for symbol in sorted(self.scaled & rule.state.keys(), key=str):
            unit = units(rule)[symbol]
            rule = _scaled(rule, symbol, unit, unit)
        for symbol, (before, after) in _corrections(rule).items() if self.corrected else ():
            rule = _scaled(rule, symbol, before, after)
        return _running(rule, self.running) if self.running else rule

    def __str__(self) -> str:
        """In words."""
        said = [f"{s} in another unit" for s in sorted(self.scaled, key=str)]
        said += [f"powers as running {self.running}"] if self.running else []
        return " and ".join([*said, *(["averages that are already corrected"] if self.corrected else [])])


WRITTEN: dict[tuple[Form, str, str], Rule] = {}
"""What has been written in a form."""

PLAIN = Form()
"""As the rule is written."""


def forms(rule: Rule) -> Iterator[Form]:
    """Every form of a rule, its own first."""
    scalable = sorted(units(rule), key=str)
    some = chain.from_iterable(combinations(scalable, n) for n in range(len(scalable) + 1))
    ways: tuple[Running, ...] = ("", "products", "sums") if _powers(rule) else ("",)
    yield from (Form(frozenset(scaled), running) for scaled in some for running in ways)
    if _corrections(rule):
        yield Form(corrected=True)


def units(rule: Rule) -> dict[Symbol, Expr]:
    """State that is an average, c·s + (1 − c)·…, or a sum, c·s + … → the unit of the other: 1 − c, or its inverse."""
    found: dict[Symbol, Expr] = {}
    for symbol, after in rule.state.items():
        for c in rule.defaults:
            if Mul(c, symbol) in after.atoms(Mul) and symbol in rule.tensors:
                average = any(1 - c in p.args for p in after.atoms(Mul))
                found[symbol] = 1 - c if average else 1 / (1 - c)
    return found


def _corrections(rule: Rule) -> dict[Symbol, tuple[Expr, Expr]]:
    """Averages c·s + (1 − c)·… that start at 0, in rules with cᵗ → 1 − cᵗ before a step, and after it."""
    powers = {p.base for p in _powers(rule)}
    found = {s: c for s, unit in units(rule).items() for c in powers if unit == 1 - c and not rule.initial(s)}
    return {s: (1 - c ** (t - 1), 1 - c**t) for s, c in found.items()}


def _scaled(rule: Rule, symbol: Symbol, before: Expr, after: Expr) -> Rule:
    """The rule with a state that is kept in a unit, which a step may change: what it was is unit·symbol."""
    kept = {symbol: before * symbol}
    state = {s: e.xreplace(kept) for s, e in rule.state.items()}
    state[symbol] = _divided(state[symbol], after)
    start = rule.initial(symbol)
    init = {**rule.init, symbol: start / before if start else start}
    return replace(rule, x=rule.x.xreplace(kept), state=state, init=init)


def _divided(expr: Expr, unit: Expr) -> Expr:
    if isinstance(expr, Piecewise):
        return Piecewise(*((_divided(e, unit), c) for e, c in expr.args))
    return Add(*(term / unit for term in Add.make_args(expr)))


def _powers(rule: Rule) -> set[Pow]:
    """βᵗ, for every hyperparameter of which there is one."""
    atoms = set().union(*(e.atoms(Pow) for e in (rule.x, *rule.state.values())))
    return {p for p in atoms if p.exp == t and p.base in rule.defaults}


def _running(rule: Rule, way: Running) -> Rule:
    """The rule with state in place of powers; it holds what a power, or its sum of weights, was the step before."""
    kept = {p: Symbol(f"{way}_{p.base}", nonnegative=True) for p in _powers(rule)}
    after = {p: p.base * s if way == "products" else 1 + p.base * s for p, s in kept.items()}
    now = {p: a if way == "products" else 1 - (1 - p.base) * a for p, a in after.items()}
    state = {s: e.xreplace(now) for s, e in rule.state.items()} | {kept[p]: after[p] for p in kept}
    init = {**rule.init, **dict.fromkeys(kept.values(), Integer(way == "products"))}
    return replace(rule, x=rule.x.xreplace(now), state=state, init=init)
