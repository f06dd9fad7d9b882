"""A candidate: an implementation under test with the rule that it claims, as checks know it.

Whatever imports a candidate's module runs in a worker process; the parent only sees `Description`.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import Any

from sympy import Symbol

from lawful.verify.candidates.adapter import TORCH, Adapter
from lawful.verify.candidates.adapting import WRAPPERS_OWN
from lawful.verify.candidates.binding import Binding
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.constructor import Constructor, off
from lawful.verify.candidates.frameworks import adapter_of, classed
from lawful.verify.candidates.loading import given, load
from lawful.verify.candidates.options import Options
from lawful.verify.candidates.refusing import refuse_arguments, refuse_texts, refuse_words
from lawful.verify.candidates.signature import Handed
from lawful.verify.candidates.unclaimed import unclaimed
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.families import alone, find_family
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr


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
        cls,
        target: str | type,
        rule: str = "",
        arguments: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> "Candidate":
        """The candidate that a target and a rule name; the class's own name is the claim where no rule is given, if it
        is a rule's.

        `names` are the constructor's words for the rule's: `{"weight_decay": "decay"}`.

        Raises:
            Unanswerable: unknown target, rule, convention, word or constructor argument; one that is missing; or no
                argument that holds the learning rate.
        """
        if rule and rule != UNCLAIMED:
            find_family(rule)  # what is no rule is said before anything is made of the target
        if name := alone(rule):
            raise Unanswerable(f"{name} makes a rule of another: say which, as in {name}(adamw).")
        found = load(target) if isinstance(target, str) else classed(target, repr(target))
        values = given(arguments)
        adapter = adapter_of(found).saying(names or {})
        pinned: dict[str, Any] = {}
        if (claim := rule or claimed(found.__name__)) == UNCLAIMED:
            family = unclaimed(Constructor(found, adapter, _classes(values)), values)
        else:
            family, pinned = find_family(claim)
        family(**pinned)
        return cls(found, family, pinned, values, adapter).answerable()

    def answerable(self) -> "Candidate":
        """Itself, if it can be asked whether it follows its rule.

        Raises:
            Unanswerable: see `of`.
        """
        refuse_words(self.adapter.names, self.family.name, self.words)
        if self.missing:
            given = " ".join(f"--arg {argument}=VALUE" for argument in self.missing)
            name = self.cls.__name__
            raise Unanswerable(f"{name} needs arguments of which the rule knows nothing: {given}.")
        return self.settable()

    def settable(self) -> "Candidate":
        """Itself, if its constructor has the arguments that are given, and one for the learning rate of its rule.

        Raises:
            Unanswerable: it has not; or an argument that holds a hyperparameter is given a text.
        """
        name = self.cls.__name__
        refuse_arguments((*self.arguments, *self.adapter.names.values()), name, self.parameters)
        refuse_texts(self.arguments, self.binding.rule, self.binding.names)
        if lr in self.family(**self.pinned).defaults and lr not in self.binding.names:
            raise Unanswerable(f"{name} has no argument for the learning rate, lr: {self._proposal('lr')}")
        return self

    @cached_property
    def constructor(self) -> Constructor:
        """The class's constructor."""
        return Constructor(self.cls, self.adapter, _classes(self.arguments))

    @property
    def names(self) -> Mapping[str, str]:
        """The rule's word → the constructor's, as the user says it."""
        return self.adapter.names

    @property
    def words(self) -> list[str]:
        """The claimed rule's words: its hyperparameters and conventions."""
        hyper = (symbol.name for symbol in self.family(**self.pinned).hyperparameters)
        return [*dict.fromkeys((*hyper, *self.family.conventions, "maximize"))]

    @cached_property
    def binding(self) -> Binding:
        """The claimed rule's hyperparameters in the constructor's words."""
        return Binding(self.family(**self.pinned), self.constructor, self.arguments)

    @cached_property
    def options(self) -> Options:
        """The family's conventions in the constructor's words."""
        numbers = set(self.binding.names.values())
        return Options(self.family, self.pinned, self.constructor, self.arguments, numbers)

    def shared(self, rule: Rule) -> frozenset[Symbol]:
        """The hyperparameters that all groups have in common: those on which a mean over all of them depends, and those
        that a wrapper takes for itself.
        """
        apart: frozenset[str] = getattr(self.cls, WRAPPERS_OWN, frozenset())
        return rule.shared | {s for s, name in self.binding.names.items() if name in apart}

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The constructor's parameters, without self and the optimized parameters."""
        return self.constructor.parameters

    @property
    def torchs(self) -> bool:
        """Whether it promises what `torch.optim.Optimizer` does."""
        return self.adapter.torchs

    @property
    def kind(self) -> str:
        """What it is: see `Check`."""
        return "optimizer" if self.torchs else "array optimizer"

    @property
    def groups(self) -> int:
        """How many groups with hyperparameters of their own it is asked to take."""
        return 2 if self.torchs else 1

    @property
    def paths(self) -> dict[str, dict[str, Any]]:
        """Ways to run → the constructor arguments that choose them, the plainest first."""
        return self.constructor.paths

    @property
    def plainest(self) -> dict[str, Any]:
        """The constructor arguments that choose the plainest way to run."""
        return next(iter(self.paths.values()))

    def rule(self, options: Mapping[str, Any]) -> Rule:
        """The rule that these options choose."""
        return self.family(**{**self.pinned, **options})

    def arguments_for(self, options: Mapping[str, Any], hyper: Mapping[Symbol, float]) -> dict[str, Any]:
        """Constructor arguments for these options and hyperparameters."""
        return {**self.options.arguments(options), **self.binding.group(hyper), **self.arguments}

    def defaults(self, rule: Rule) -> dict[Symbol, float]:
        """A rule's hyperparameters at the constructor's own defaults, or the rule's where it has none; 0 where its own
        is None, and what is not there is 0."""
        own = {symbol: self.binding.default(symbol) for symbol in rule.defaults}
        return {s: self._lacking(rule, s) if value is None else value for s, value in own.items()}

    def _lacking(self, rule: Rule, symbol: Symbol) -> float:
        """What a hyperparameter is that the constructor has no number for."""
        name, default = self.binding.names.get(symbol, ""), rule.defaults[symbol]
        absent = name and self.constructor.default(name) is None and not isnan(default)
        return 0.0 if absent and 0.0 in rule.domain(symbol).values else default

    @cached_property
    def unexplored(self) -> list[str]:
        """Constructor parameters that the rule says nothing about; they stay at their defaults."""
        said = {*self._bound, *self.arguments}
        return [name for name in self.parameters if name not in {*said, *self.adapter.paths}]

    @property
    def _bound(self) -> set[str]:
        """The arguments of which the rule knows."""
        return {*self.binding.names.values(), *self.options.names.values()}

    @cached_property
    def off(self) -> dict[str, Any]:
        """Arguments of which the rule says nothing that are given as off, though on by default → their defaults."""
        given = {n: v for n, v in self.arguments.items() if n not in self._bound}
        defaults = {name: self.constructor.default(name) for name in given}
        return {n: d for n, d in defaults.items() if any(given[n] is v or given[n] == v for v in off(d))}

    @cached_property
    def norms(self) -> dict[str, float]:
        """Of these, the largest norms of gradients."""
        return {name: default for name, default in self.off.items() if name in self.adapter.norms}

    @cached_property
    def proposals(self) -> dict[str, str]:
        """Of these, what may be meant: argument → a word of the rule for which the constructor has no other."""
        near = {name: self.adapter.near(name, self._free(name)) for name in self.unexplored}
        return {name: word for name, word in near.items() if word}

    def _free(self, name: str) -> list[str]:
        """The rule's words that an argument of this kind could be: conventions for a switch, else hyperparameters."""
        if self.constructor.is_flag(name):
            return [word for word in self.family.conventions if word not in self.options.names]
        return [s.name for s in self.family(**self.pinned).hyperparameters if s not in self.binding.names]

    def _proposal(self, word: str) -> str:
        """How to say which argument a word of the rule is."""
        near = [name for name in self.parameters if self.adapter.near(name, [word])]
        there = ", ".join(self.parameters) or "none by name"
        return f"say --name {word}={near[0] if near else 'ARGUMENT'}, of its arguments ({there})."

    @property
    def missing(self) -> list[str]:
        """Constructor parameters without a default that nobody says anything about."""
        return [name for name in self.constructor.required if name in self.unexplored]


def _classes(arguments: Mapping[str, Any]) -> Handed:
    """The arguments that are classes."""
    return tuple((name, value) for name, value in arguments.items() if isinstance(value, type))
