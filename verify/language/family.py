"""A *family* is a function from conventions to a rule, marked by `@family`.

Its keyword arguments are the conventions, its `Literal` and `bool` annotations their allowed values.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol, get_args, get_origin

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.rule import Options, Rule, spelled

Spellings = Mapping[str, Mapping[str, Mapping[Any, Any]]]
Words = Mapping[str, Mapping[Any, str]]


class Conventions(Protocol):
    """A function from keyword-only conventions to a rule."""

    __name__: str

    def __call__(self, **conventions: Any) -> Rule:
        """The member of the family with these conventions."""
        ...


@dataclass(frozen=True)
class Written:
    """A function that writes a rule, with the conventions that it takes.

    Attributes:
        build: the function.
        before: how many arguments it takes before them.
    """

    build: Callable[..., Rule]
    before: ClassVar[int] = 0

    @property
    def name(self) -> str:
        """As it is named where rules are."""
        return self.build.__name__

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """Its conventions, as the function takes them."""
        return list(inspect.signature(self.build, eval_str=True).parameters.values())[self.before :]

    @cached_property
    def conventions(self) -> dict[str, tuple[Any, ...]]:
        """Convention → allowed values, the default first."""
        return {p.name: _default_first(p) for p in self.parameters}


@dataclass(frozen=True)
class Family(Written):
    """A rule with its conventions: `adamw()` is the form that the bare name means, `adamw(eps="hat")` another.

    Attributes:
        spellings: convention → constructor argument → {value: what the argument must be}, for conventions that
            libraries spell in their own way, such as ADOPT's `clip_lambda=None`.
        allows: whether a choice of conventions and hyperparameters (by name) makes sense together.
        words: convention → value → what an implementation has that follows it, as a noun phrase.
    """

    spellings: Spellings = field(default_factory=dict)
    allows: Callable[[Options, Mapping[str, float]], bool] = lambda options, hyper: True
    words: Words = field(default_factory=dict)

    def __call__(self, **conventions: Any) -> Rule:
        """The rule with these conventions. `maximize=True` is understood by every family.

        Raises:
            Unanswerable: an unknown convention, or a value that it does not take.
        """
        maximize = bool(conventions.pop("maximize", False))
        for name, value in conventions.items():
            self._validate(name, value)
        chosen = {name: value for name, value in conventions.items() if value != self.conventions[name][0]}
        return _written(self.build, tuple(sorted(chosen.items())), maximize)

    def said(self, name: str, value: Any) -> str:
        """A convention's value in words, or as code where the family has none for it."""
        return self.words.get(name, {}).get(value, f"{name}={value!r}")

    def _validate(self, name: str, value: Any) -> None:
        known = self.conventions
        if name not in known:
            raise unknown(f"convention of {self.name}", name, known)
        if value not in known[name]:
            allowed = ", ".join(map(repr, known[name]))
            raise Unanswerable(f"{spelled(self.name, f'{name}={value!r}')}: {name} is one of {allowed}.")


@cache
def _written(build: Callable[..., Rule], chosen: tuple[tuple[str, Any], ...], maximize: bool) -> Rule:
    """A member of a family, written once."""
    rule = replace(build(**dict(chosen)), name=build.__name__, conventions=dict(chosen))
    return rule.maximized() if maximize else rule


def _default_first(parameter: inspect.Parameter) -> tuple[Any, ...]:
    others = (value for value in allowed(parameter.annotation) if value != parameter.default)
    return (parameter.default, *others)


def allowed(annotation: Any) -> tuple[Any, ...]:
    """The values that an annotation allows; none if it does not say."""
    if annotation is bool:
        return (False, True)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(value for part in get_args(annotation) for value in allowed(part))


def family(
    spellings: Spellings = MappingProxyType({}),
    allows: Callable[[Options, Mapping[str, float]], bool] = lambda options, hyper: True,
    words: Words = MappingProxyType({}),
) -> Callable[[Callable[..., Rule]], Family]:
    """Marks a function from conventions to a rule as a family (see `Family`)."""
    return lambda build: Family(build, spellings, allows, words)


@dataclass(frozen=True)
class OutOfScope:
    """A name of the field that no rule can have.

    Attributes:
        name: as a class may have it.
        reason: why, as the end of a sentence about it.
    """

    name: str
    reason: str
