"""A binding: which constructor argument holds which hyperparameter of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

from sympy import Symbol

from lawful.verify.candidates.constructor import Constructor
from lawful.verify.language.rule import Rule


@dataclass(frozen=True)
class Binding:
    """A rule's hyperparameters in a constructor's words.

    Args:
        rule: whose hyperparameters are bound.
        constructor: whose arguments hold them.
        fixed: arguments that the user gives, and their values.
    """

    rule: Rule
    constructor: Constructor
    fixed: Mapping[str, Any]

    @cached_property
    def names(self) -> dict[Symbol, str]:
        """Hyperparameter → argument (`betas` for both betas), fixed or not.

        What bears the name of one, is no other's by a synonym.
        """
        own = {symbol.name for symbol in self.rule.hyperparameters}
        called = {s: self.constructor.number(s.name) for s in self.rule.hyperparameters}
        words = {
            s: self._tuple(s)[0] if not name or (name in own and name != s.name) else name
            for s, name in called.items()
        }
        return {symbol: name for symbol, name in words.items() if name in self.constructor.parameters}

    @cached_property
    def free(self) -> dict[Symbol, str]:
        """Those that the user has not fixed."""
        return {symbol: name for symbol, name in self.names.items() if name not in self.fixed}

    def _tuple(self, symbol: Symbol) -> tuple[str, int]:
        """The tuple that may hold a hyperparameter, as the constructor calls it, "" for none, and its place there."""
        held, place = self.rule.tuple_of(symbol) or ("", 0)
        return self.constructor.meant(held) or held, place

    def group(self, hyper: Mapping[Symbol, float]) -> dict[str, Any]:
        """Hyperparameters as the keys of a parameter group; NaN stands for None, and so does none of what one counts,
        where that is how the constructor says it.
        """
        result: dict[str, Any] = {}
        for symbol, name in self.names.items():
            held, place = self._tuple(symbol)
            before, after = _around(result.get(name, self.constructor.default(name)), place)
            none = hyper[symbol] == 0 and symbol.is_integer and self.constructor.default(name) is None
            value = None if none else _argument(symbol, hyper[symbol])
            result[name] = (*before, value, *after) if name == held else value
        return result

    def default(self, symbol: Symbol) -> float | None:
        """The value of a hyperparameter that the user fixed, or the constructor's own; None where it is no number."""
        if (name := self.names.get(symbol)) is None:
            return None
        value = self.fixed.get(name, self.constructor.default(name))
        held, place = self._tuple(symbol)
        if name == held and isinstance(value, tuple | list):
            value = value[place] if place < len(value) else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _argument(symbol: Symbol, value: float) -> float | int | None:
    if isnan(value):
        return None
    return int(value) if symbol.is_integer else value


def _around(value: Any, place: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What stands before and after a place of a tuple; nothing where there is no tuple."""
    members = tuple(value) if isinstance(value, tuple | list) else ()
    return members[:place], members[place + 1 :]
