"""A candidate: an implementation under test with the rule that it claims, as checks know it.

Whatever imports a candidate's module runs in a worker process; the parent only sees `Description`.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Symbol

from lawful.verify.candidates.adapter import TORCH, Adapter
from lawful.verify.candidates.binding import Binding
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.constructor import Constructor
from lawful.verify.candidates.loading import load
from lawful.verify.candidates.options import Options
from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.families import find_family
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule


@dataclass(frozen=True)
class Candidate:
    """A class with the rule that it claims.

    Args:
        cls: the optimizer's class.
        family: the rule's family.
        pinned: conventions that the claim fixes.
        arguments: constructor arguments that the user fixes.
        adapter: the words and flags of its framework.
    """

    cls: type
    family: Family
    pinned: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    adapter: Adapter = field(default=TORCH, repr=False)

    @classmethod
    def of(
        cls, target: str | type, rule: str = "", arguments: Mapping[str, Any] | None = None
    ) -> "Candidate":
        """The candidate that a target and a rule name; the class's own name is the claim where no rule is given.

        Raises:
            Unanswerable: unknown target, rule, convention or constructor argument, or one that is missing.
        """
        found = load(target) if isinstance(target, str) else target
        family, pinned = find_family(rule or claimed(found))
        family(**pinned)
        candidate = cls(found, family, pinned, dict(arguments or {}))
        for name in candidate.arguments:
            if name not in candidate.parameters:
                raise unknown(f"argument of {found.__name__}", name, candidate.parameters)
        if candidate.missing:
            given = " ".join(f"--arg {name}=VALUE" for name in candidate.missing)
            raise Unanswerable(f"{found.__name__} needs arguments of which the rule knows nothing: {given}.")
        return candidate

    @cached_property
    def constructor(self) -> Constructor:
        """The class's constructor."""
        return Constructor(self.cls, self.adapter)

    @cached_property
    def binding(self) -> Binding:
        """The claimed rule's hyperparameters in the constructor's words."""
        return Binding(self.family(**self.pinned), self.constructor, self.arguments)

    @cached_property
    def options(self) -> Options:
        """The family's conventions in the constructor's words."""
        numbers = set(self.binding.names.values())
        return Options(self.family, self.pinned, self.constructor, self.arguments, numbers)

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The constructor's parameters, without self and the optimized parameters."""
        return self.constructor.parameters

    @property
    def paths(self) -> dict[str, dict[str, Any]]:
        """Ways to run → the constructor arguments that choose them, the plainest first."""
        return self.constructor.paths

    def rule(self, options: Mapping[str, Any]) -> Rule:
        """The rule that these options choose."""
        return self.family(**{**self.pinned, **options})

    def arguments_for(self, options: Mapping[str, Any], hyper: Mapping[Symbol, float]) -> dict[str, Any]:
        """Constructor arguments for these options and hyperparameters."""
        return {**self.options.arguments(options), **self.binding.group(hyper), **self.arguments}

    def defaults(self, rule: Rule) -> dict[Symbol, float]:
        """A rule's hyperparameters at the constructor's own defaults, or the rule's where it has none."""
        own = {symbol: self.binding.default(symbol) for symbol in rule.defaults}
        return {s: rule.defaults[s] if value is None else value for s, value in own.items()}

    @cached_property
    def unexplored(self) -> list[str]:
        """Constructor parameters that the rule says nothing about; they stay at their defaults."""
        said = {*self.binding.names.values(), *self.options.names.values(), *self.arguments}
        return [name for name in self.parameters if name not in {*said, *self.adapter.paths}]

    @property
    def missing(self) -> list[str]:
        """Constructor parameters without a default that nobody says anything about."""
        return [name for name in self.constructor.required if name in self.unexplored]
