"""A piece of a training loop beside its optimizer: an average, a clip. It claims a transformation that stands alone."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from sympy import Symbol

from lawful.verify.candidates.loading import given, looked_up
from lawful.verify.candidates.refusing import refuse_arguments, refuse_words
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import alone, claimed_alone, find_family, find_rule
from lawful.verify.language.rule import Rule

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """What stands beside an optimizer, with the transformation that it claims.

    Args:
        cls: the class, or the function.
        claim: what it claims, as `find_rule` reads it.
        arguments: arguments that the user fixes.
        names: the rule's word → the constructor's.
    """

    cls: Any
    claim: str
    arguments: Values = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str] = ""
    torchs: ClassVar[bool] = True
    """Whether it is asked what torch's own promise."""
    what: ClassVar[str] = ""
    """The transformation."""
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The rule's word → what constructors call it."""
    given: ClassVar[tuple[str, ...]] = ()
    """What it takes that no rule speaks of."""
    off: Values = field(default_factory=dict, init=False)

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is such a piece: by what is said of it, or by its name."""
        optimizer = hasattr(maker, "zero_grad") and hasattr(maker, "step")
        return not optimizer and alone(rule or cls.claimed(maker)) == cls.what

    @classmethod
    def claimed(cls, maker: Any) -> str:
        """What it claims by its name; "" where that is nothing of this kind."""
        found = claimed_alone(getattr(maker, "__name__", ""))
        return found[1] if found and found[0].name == cls.what else ""

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """The arguments of which a rule may speak."""
        every = inspect.signature(maker).parameters
        return {name: p for name, p in every.items() if name not in cls.given}

    @classmethod
    def of(
        cls,
        target: Any,
        rule: str = "",
        arguments: Values | None = None,
        names: Mapping[str, str] | None = None,
    ) -> "Piece":
        """The piece that a target and a rule name; its own name is the claim where none is given.

        Raises:
            Unanswerable: unknown target, rule, word or argument, or one that is missing.
        """
        maker = looked_up(target)
        if not (claim := rule or cls.claimed(maker)):
            raise Unanswerable(
                f"{maker.__name__} claims nothing by its name: say --rule, as in --rule {cls.what}."
            )
        return cls(maker, claim, given(arguments), names or {}).answerable()

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Those of what it is made, or called, with."""
        return self.taken(self.cls)

    @cached_property
    def followed(self) -> Rule:
        """The rule that it claims."""
        return find_rule(self.claim)

    def rule(self, options: Values) -> Rule:
        """What it claims."""
        return self.followed

    @property
    def paths(self) -> dict[str, dict[str, Any]]:
        """The ways in which it can run."""
        switch = self.parameters.get("foreach")
        return {"loop": {"foreach": False}, "foreach": {"foreach": True}} if switch else {"default": {}}

    @cached_property
    def bound(self) -> dict[Symbol, str]:
        """The rule's hyperparameter → the argument for it."""
        known = {s: self.words.get(s.name, ()) for s in self.followed.hyperparameters}
        of = {s: (self.names[s.name],) if s.name in self.names else (s.name, *w) for s, w in known.items()}
        return {s: next((n for n in names if n in self.parameters), "") for s, names in of.items()}

    def answerable(self) -> "Piece":
        """Itself, if it can be called.

        Raises:
            Unanswerable: see `of`.
        """
        refuse_words(self.names, self.claim, (s.name for s in find_family(self.claim)[0]().hyperparameters))
        refuse_arguments((*self.names.values(), *self.arguments), self.cls.__name__, self.parameters)
        held = {*self.bound.values(), *self.arguments}
        unheld = [
            n for n, p in self.parameters.items() if p.default is p.empty and p.kind is not p.VAR_KEYWORD
        ]
        lacking = [f"--arg {n}=VALUE" for n in unheld if n not in held]
        unbound = [f"--name {s}=ARGUMENT" for s, name in self.bound.items() if not name]
        if lacking or unbound:
            asked = " ".join([*unbound, *lacking])
            raise Unanswerable(f"{self.cls.__name__} is not bound to {self.claim}: say {asked}.")
        return self

    def settings(self) -> Iterator[dict[Symbol, float]]:
        """The rule's hyperparameters as they are tried: one at a time at each value, or at what the user fixes."""
        rule = self.followed
        tried = {s: self._tried(s) for s in rule.hyperparameters}
        first = {s: values[0] for s, values in tried.items()}
        yield first
        for symbol, values in tried.items():
            yield from ({**first, symbol: value} for value in values[1:])

    def _tried(self, symbol: Symbol) -> list[float]:
        if (fixed := self.bound[symbol]) in self.arguments:
            return [self.arguments[fixed]]
        own = self.parameters[fixed].default
        values = [*self.followed.domain(symbol).values, *([own] if isinstance(own, float) else [])]
        return list(dict.fromkeys(values))

    def spoken(self, values: Mapping[Symbol, float]) -> dict[str, Any]:
        """Arguments for these hyperparameters."""
        return {**{self.bound[s]: value for s, value in values.items()}, **self.arguments}

    @cached_property
    def unvaried(self) -> list[str]:
        """Arguments of which no check knows anything."""
        known = {*self.bound.values(), *self.arguments, "foreach"}
        return [name for name in self.parameters if name not in known]

    def called(self, values: Mapping[Symbol, float]) -> str:
        """`get_ema_avg_fn(decay=0.5)`."""
        said = ", ".join(f"{n}={v!r}" for n, v in self.spoken(values).items())
        return f"{self.cls.__name__}({said})"
