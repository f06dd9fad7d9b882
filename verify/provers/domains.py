"""Where the symbols of rules and claims may lie: what the rules' hyperparameters are declared to be."""

from collections.abc import Iterable, Mapping

from sympy import Rational, Symbol, oo

from lawful.verify.language.domain import Domain as Range
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import DOMAINS
from lawful.verify.provers.claims import Domain


def range_of(symbol: Symbol, rules: Iterable[Rule]) -> Range | None:
    """The domain of a hyperparameter: that of a rule that has it; one that all rules share, or of one of these rules by
    its name, if it was one.
    """
    known = list(rules)
    if (owner := next((rule for rule in known if symbol in rule.defaults), None)) is not None:
        return owner.domain(symbol)
    for rule in known:
        if any(s.is_Symbol and s.name == symbol.name for s in (*rule.defaults, *rule.fixed)):
            return _named(symbol.name, rule.domains) or _named(symbol.name, DOMAINS)
    return DOMAINS.get(symbol)


def _named(name: str, domains: Mapping[Symbol, Range]) -> Range | None:
    return next((domain for s, domain in domains.items() if s.name == name), None)


def limits(symbols: Iterable[Symbol], rules: Iterable[Rule]) -> Domain:
    """Symbol → [low, high) for the hyperparameters of rules that have a largest value, or another least one than 0."""
    found = {s: r for s in symbols if (r := range_of(s, rules)) is not None}
    return {s: _ends(r) for s, r in found.items() if _ends(r) != (0, oo) and not s.is_integer}


def _ends(range_: Range) -> tuple[object, object]:
    high = oo if range_.high == float("inf") else Rational(str(range_.high))
    low = -oo if range_.low == float("-inf") else Rational(str(range_.low))
    return low, high
