"""Options: the conventions of a rule that a constructor lets its user choose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lawful.verify.candidates.constructor import Constructor
from lawful.verify.language.family import Family

KEEP = object()
"""An argument that is left to the constructor's default."""


@dataclass(frozen=True)
class Options:
    """A family's conventions in a constructor's words.

    Args:
        family: whose conventions are chosen.
        pinned: those that the claim fixes.
        constructor: whose arguments choose them.
        fixed: arguments that the user gives, and their values.
        numbers: arguments that hold hyperparameters, and are no switches.
    """

    family: Family
    pinned: Mapping[str, Any]
    constructor: Constructor
    fixed: Mapping[str, Any]
    numbers: Collection[str]

    @cached_property
    def names(self) -> dict[str, str]:
        """Convention → argument."""
        there, spellings = self.constructor.parameters, self.family.spellings
        spelled = {c: n for c, words in spellings.items() for n in words if n in there}
        plain = [c for c in (*self.family.conventions, "maximize") if c not in spellings]
        meant = {convention: self.constructor.meant(convention) for convention in plain}
        return {**{c: n for c, n in meant.items() if n is not None and self._is_switch(n)}, **spelled}

    def _is_switch(self, name: str) -> bool:
        return name not in self.numbers and self.constructor.is_flag(name)

    def choices(self, option: str) -> tuple[Any, ...]:
        """The values of a convention that the constructor can express, the claim's own first."""
        if option in self.pinned:
            return (self.pinned[option],)
        allowed = (False, True) if option == "maximize" else self.family.conventions[option]
        expressible = [value for value in allowed if self._sayable(option, value)]
        return tuple(value for value in expressible if self._agrees(option, value)) or tuple(expressible)

    @cached_property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """Every option → its choices."""
        return {option: self.choices(option) for option in self.names}

    @property
    def plain(self) -> dict[str, Any]:
        """Every option as the claim has it, or at the first value that the constructor can express."""
        return {option: choices[0] for option, choices in self.values.items()}

    @property
    def own(self) -> dict[str, Any]:
        """Every option as the constructor's defaults have it."""
        return {option: self._own(option) for option in self.names}

    def _own(self, option: str) -> Any:
        """The convention that the constructor's default spells, or the default itself where it spells none."""
        default = self.constructor.default(self.names[option])
        if option not in self.family.spellings:
            return default
        means = (value for value, argument in self.spelling(option).items() if argument == default)
        return next(means, self.choices(option)[0])

    def arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that choose these values."""
        said = {self.names[o]: self._argument(o, value) for o, value in options.items() if o in self.names}
        return {name: value for name, value in said.items() if value is not KEEP}

    def spelling(self, option: str) -> Mapping[Any, Any]:
        """For an option that the constructor spells in its own way: value → argument."""
        return self.family.spellings[option][self.names[option]]

    def _argument(self, option: str, value: Any) -> Any:
        return self.spelling(option).get(value, KEEP) if option in self.family.spellings else value

    def _sayable(self, option: str, value: Any) -> bool:
        """Whether the constructor has an argument for this value, and knows the word, where it is one; a default may be
        said by leaving it out."""
        if option not in self.family.spellings:
            return isinstance(value, bool)
        name, said = self.names[option], self.spelling(option).get(value, KEEP)
        if said is None:
            return name in self.fixed or self.constructor.offers_none(name)
        if value == self.family.conventions[option][0]:
            return True
        return said is not KEEP and (not isinstance(said, str) or self.constructor.knows(said))

    def _agrees(self, option: str, value: Any) -> bool:
        """Whether an argument that the user fixed, if it is this option's, may mean this value."""
        name = self.names.get(option, "")
        if name not in self.fixed:
            return True
        given, means = self.fixed[name], self._argument(option, value)
        others = [self._argument(option, v) for v in self.family.conventions.get(option, ())]
        return given not in others if means is KEEP else bool(means == given)
