"""Where the symbols of rules and claims may lie: what the rules' hyperparameters are declared to be."""

from collections.abc import Iterable

from sympy import Rational, Symbol, oo

from lawful.verify.language.domain import Domain as Range
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import DOMAINS
from lawful.verify.provers.claims import Domain


def ranges(rules: Iterable[Rule]) -> dict[str, Range]:
    """Name of a hyperparameter → its domain: those that all rules share, and those of these rules."""
    own = {s.name: r for rule in rules for s, r in rule.domains.items()}
    return {**{s.name: r for s, r in DOMAINS.items()}, **own}


def limits(symbols: Iterable[Symbol], rules: Iterable[Rule]) -> Domain:
    """Symbol → [low, high) for those that are named as a hyperparameter with a largest value or another least one."""
    known = ranges(rules)
    found = {s: known[s.name] for s in symbols if s.name in known}
    return {s: _ends(r) for s, r in found.items() if _ends(r) != (0, oo) and not s.is_integer}


def _ends(range_: Range) -> tuple[object, object]:
    high = oo if range_.high == float("inf") else Rational(str(range_.high))
    low = -oo if range_.low == float("-inf") else Rational(str(range_.low))
    return low, high
