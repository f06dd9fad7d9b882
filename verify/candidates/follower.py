"""What follows a schedule, with the schedule that it claims: which of its arguments are which hyperparameters."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

from lawful.verify.candidates.loading import given, looked_up
from lawful.verify.candidates.refusing import refuse_arguments, refuse_words
from lawful.verify.candidates.signature import BY_NAME
from lawful.verify.errors import Unanswerable
from lawful.verify.language.schedule import Schedule, Values
from lawful.verify.language.schedules import claimed_schedule, find_schedule

Maker = Any
"""What makes it."""


def said(maker: Any) -> dict[str, inspect.Parameter]:
    """What something takes by name; a class that hands on any keyword, what those take that it inherits from too."""
    found: dict[str, inspect.Parameter] = {}
    for each in (maker, *(c for c in getattr(maker, "__mro__", ())[1:] if "__init__" in vars(c))):
        try:
            own = inspect.signature(each).parameters
        except (TypeError, ValueError):
            return found
        found |= {n: p for n, p in own.items() if n not in found and p.kind in BY_NAME}
        if not any(p.kind is p.VAR_KEYWORD for p in own.values()):
            return found
    return found


@dataclass(frozen=True)
class Follower:
    """What makes something that sets a number step after step, with the schedule that it claims.

    Args:
        cls: the class, or the function.
        schedule: what it claims.
        pinned: hyperparameters and conventions that the claim fixes.
        arguments: constructor arguments that the user fixes.
        names: the schedule's word → the constructor's.
    """

    cls: Maker
    schedule: Schedule
    pinned: Values = field(default_factory=dict)
    arguments: Values = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str] = ""
    torchs: ClassVar[bool] = True
    """Whether it is asked what torch's own promise."""
    sets: ClassVar[str] = ""
    """What its schedule is of."""
    given: ClassVar[tuple[str, ...]] = ()
    """What a constructor takes that no schedule speaks of."""
    off: Values = field(default_factory=dict, init=False)

    @classmethod
    def seen(cls, maker: Maker) -> Maker:
        """What a target names, as what is asked."""
        return maker

    @classmethod
    def claimed(cls, maker: Any) -> str:
        """The schedule that its name claims; "" where that is none of this kind."""
        claim = claimed_schedule(getattr(maker, "__name__", ""))
        return claim if claim and find_schedule(claim)[0].sets == cls.sets else ""

    @property
    def claim(self) -> str:
        """What it claims."""
        return self.schedule.name

    @classmethod
    def of(
        cls,
        target: Any,
        rule: str = "",
        arguments: Values | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Self:
        """What a target and a schedule name; its own name is the claim where none is given.

        Raises:
            Unanswerable: unknown target, schedule, word or argument, or one that is missing.
        """
        maker = cls.seen(looked_up(target))
        name = maker.__name__
        if not (claim := rule or cls.claimed(maker)):
            raise Unanswerable(
                f"{name} claims no schedule by its name: say --rule SCHEDULE, as in --rule linear."
            )
        schedule, pinned = find_schedule(claim)
        if schedule.sets != cls.sets:
            raise Unanswerable(
                f"{name} is a {cls.kind}, and {schedule.name} the schedule of a {schedule.sets}."
            )
        return cls(maker, schedule, pinned, given(arguments), names or {}).answerable()

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The constructor's arguments of which a schedule may speak."""
        return {name: p for name, p in said(self.cls).items() if name not in self.given}

    def answerable(self) -> Self:
        """Itself, if it can be constructed.

        Raises:
            Unanswerable: see `of`.
        """
        refuse_words(self.names, self.schedule.name, self.schedule.parameters)
        refuse_arguments((*self.names.values(), *self.arguments), self.cls.__name__, self.parameters)
        self._nothing_lacks()
        return self

    def _nothing_lacks(self) -> None:
        held = {*self.bound.values(), *self.arguments}
        required = [n for n, p in self.parameters.items() if p.default is p.empty and n not in held]
        settled = {*self.bound, *self.pinned, *self.schedule.defaults}
        unsaid = [word for word in self.schedule.parameters if word not in settled]
        if required or unsaid:
            words = "".join(
                [f" --arg {n}=VALUE" for n in required] + [f" --name {w}=ARGUMENT" for w in unsaid]
            )
            raise Unanswerable(f"{self.cls.__name__} is not bound to {self.schedule.name}: say{words}.")

    @cached_property
    def bound(self) -> dict[str, str]:
        """The schedule's word → the constructor's argument for it, where there is one."""
        words = {word: self._called(word) for word in self.schedule.parameters}
        return {word: name for word, name in words.items() if name in self.parameters}

    def _called(self, word: str) -> str:
        """The constructor's word for one of the schedule's."""
        return self.names.get(word, word)

    @property
    def paths(self) -> dict[str, dict[str, Any]]:
        """It runs in one way."""
        return {"default": {}}

    def rule(self, options: Values) -> Schedule:
        """What it claims."""
        return self.schedule

    def settings(self) -> Iterator[Values]:
        """The schedule's hyperparameters as they are tried: its own defaults first, each once."""
        once = dict[str, Values]()
        for values in ({}, *self.schedule.settings()):
            full = self._settled(values)
            once.setdefault(repr(sorted(full.items(), key=lambda pair: pair[0])), full)
        yield from once.values()

    def edges(self) -> Iterator[Values]:
        """Hyperparameters at which no more is stated than that rates make sense."""
        if not self.pinned.keys() & {name for edge in self.schedule.edges for name in edge}:
            first = next(self.schedule.settings())
            yield from (self._settled({**first, **edge}) for edge in self.schedule.edges)

    def _settled(self, values: Values) -> Values:
        """What the schedule's hyperparameters are: as given, as the claim or the user fixes them, or by default."""
        needed = next(self.schedule.settings())
        free = {w: v for w, v in values.items() if w in self.bound}
        required = {w: needed[w] for w in self.bound if w not in {**self.schedule.defaults, **self._own}}
        fixed = {w: self.arguments[n] for w, n in self.bound.items() if n in self.arguments}
        return {**self.schedule.defaults, **self._own, **required, **free, **self.pinned, **fixed}

    @cached_property
    def _own(self) -> Values:
        """The defaults that the constructor has for the schedule's hyperparameters."""
        own = {word: self.parameters[name].default for word, name in self.bound.items()}
        needed = self.schedule.parameters.keys() - self.schedule.defaults.keys()
        held = {w: d for w, d in own.items() if d is not inspect.Parameter.empty}
        return {w: d for w, d in held.items() if not (d is None and w in needed)}

    def spoken(self, values: Values) -> dict[str, Any]:
        """Constructor arguments for these hyperparameters; what the constructor has by default is left out."""
        free = {self.bound[w]: v for w, v in values.items() if w in self.bound and not self._is_own(w, v)}
        return {**free, **self.arguments}

    def _is_own(self, word: str, value: Any) -> bool:
        return word in self._own and self._own[word] == value and type(self._own[word]) is type(value)
