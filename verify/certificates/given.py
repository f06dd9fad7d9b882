"""What a claim takes as given: its symbols, where they lie, and that nothing in it is undefined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from sympy import Expr, Rational, Symbol, oo, sympify

from lawful.verify.certificates.terms import MARK, Condition, Names, conditions, counts, name, term
from lawful.verify.language.symbols import DOMAINS
from lawful.verify.provers.claims import Domain


@dataclass(frozen=True)
class Hypothesis:
    """A proposition about constants, as it is written, and as a condition that numbers can be put in."""

    text: str
    condition: Condition


@dataclass(frozen=True)
class Given:
    """The symbols of a claim that stand for any numbers, and what is assumed of them.

    Attributes:
        symbols: real numbers first, those that count steps last.
        names: how they are written.
        hypotheses: what is assumed.
    """

    symbols: Sequence[Symbol]
    names: Names
    hypotheses: Sequence[Hypothesis] = field(default_factory=list)

    @property
    def binders(self) -> str:
        """`(lr eps : R) (t : nat)`."""
        return binders([self.names[s] for s in self.symbols if not counts(s)], "R") + binders(
            [self.names[s] for s in self.symbols if counts(s)], "nat"
        )


def binders(names: Iterable[str], kind: str) -> str:
    """Names of one type, as they stand after `forall`."""
    found = " ".join(names)
    return f" ({found} : {kind})" if found else ""


def given(symbols: Iterable[Symbol], over: Domain, taken: Iterable[str] = ()) -> Given:
    """The symbols, each with a name of its own, what they are declared to be, and the domain."""
    chosen = sorted(set(symbols), key=lambda s: (counts(s), str(s), s.sort_key()))
    names = named(chosen, taken)
    found = [h for s in chosen for h in _about(s, names, over)]
    return Given(chosen, names, list({h.text: h for h in found}.values()))


def named(symbols: Iterable[Symbol], taken: Iterable[str] = ()) -> dict[Symbol, str]:
    """Symbol → an identifier that no other has: two symbols of one name may differ in what they are declared to be."""
    used, found = set(taken), {}
    for symbol in symbols:
        identifier = name(symbol)
        while identifier in used:
            identifier += "_"
        used.add(identifier)
        found[symbol] = identifier
    return found


def _about(symbol: Symbol, names: Names, over: Domain) -> Iterable[Hypothesis]:
    """What is assumed of one symbol: its declared sign, its domain as a hyperparameter, its interval."""
    if counts(symbol):
        if symbol.is_positive:
            yield Hypothesis(f"(1 <= {names[symbol]})%nat", Condition("<=", symbol - 1))
        return
    low, high = (sympify(end) for end in over.get(symbol, (-oo, oo)))
    if low != -oo:
        yield _less(low, symbol, names)
    if symbol.is_positive and low != 0:
        yield _less(sympify(0), symbol, names)
    elif symbol.is_nonnegative and not symbol.is_positive and low == -oo:
        yield Hypothesis(f"0 <= {names[symbol]}", Condition("<=", symbol))
    if high == oo and symbol in DOMAINS and DOMAINS[symbol].high != inf:
        high = Rational(DOMAINS[symbol].high)
    if high != oo:
        yield _less(symbol, high, names)


def _less(low: Expr, high: Expr, names: Names) -> Hypothesis:
    return Hypothesis(f"{term(low, names)} < {term(high, names)}", Condition("<", high - low))


def defined(expressions: Iterable[Any]) -> list[Condition]:
    """What must hold for expressions to mean something, each condition once."""
    return list(dict.fromkeys(c for expr in expressions for c in conditions(expr)))


def plain(symbol: Symbol, suffix: str = "") -> Symbol:
    """A symbol for the value of a running quantity: real, and nothing more is assumed of it."""
    return Symbol(symbol.name + suffix + MARK, real=True)


def put(expr: Any, values: Mapping[Symbol, Any]) -> Expr:
    """The expression with all values put in at once."""
    return sympify(expr).xreplace({s: sympify(v) for s, v in values.items()})
