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

        What bears the name of one, is no other's by a synonym; and what is a number by default that a hyperparameter
        can never be (Optax's `decay_rate=0.8` beside an exponent of −0.8) is something else.
        """
        own = {symbol.name for symbol in self.rule.hyperparameters}
        called = {s: self.constructor.number(s.name) for s in self.rule.hyperparameters}
        words = {
            s: self._tuple(s)[0] if not name or (name in own and name != s.name) else name
            for s, name in called.items()
        }
        held = {symbol: name for symbol, name in words.items() if name in self.constructor.parameters}
        return {symbol: name for symbol, name in held.items() if self._may_be(symbol, name)}

    @cached_property
    def free(self) -> dict[Symbol, str]:
        """Those that the user has not fixed."""
        return {symbol: name for symbol, name in self.names.items() if name not in self.fixed}

    def _tuple(self, symbol: Symbol) -> tuple[str, int]:
        """The tuple that may hold a hyperparameter, as the constructor calls it, "" for none, and its place there."""
        held, place = self.rule.tuple_of(symbol) or ("", 0)
        word = self.constructor.meant(held) or held
        one = word in self.constructor.parameters and _is_number(self.constructor.default(word))
        return ("", 0) if one else (word, place)

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
        name = self.names.get(symbol)
        return None if name is None else self._number(symbol, name, self._value(name))

    def _may_be(self, symbol: Symbol, name: str) -> bool:
        """Whether an argument's default is none, or no less and no more than the hyperparameter can be."""
        value, domain = self._number(symbol, name, self.constructor.default(name)), self.rule.domain(symbol)
        return value is None or isnan(value) or domain.low <= value <= domain.high

    def _number(self, symbol: Symbol, name: str, value: Any) -> float | None:
        """What an argument's value says of a hyperparameter, None where that is no number."""
        held, place = self._tuple(symbol)
        if name == held and isinstance(value, tuple | list):
            value = value[place] if place < len(value) else None
        return float(value) if _is_number(value) else None

    def _value(self, name: str) -> Any:
        """What the user gives for an argument, or its default."""
        return self.fixed.get(name, self.constructor.default(name))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _argument(symbol: Symbol, value: float) -> float | int | None:
    if isnan(value):
        return None
    return int(value) if symbol.is_integer else value


def _around(value: Any, place: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What stands before and after a place of a tuple; nothing where there is no tuple."""
    members = tuple(value) if isinstance(value, tuple | list) else ()
    return members[:place], members[place + 1 :]
