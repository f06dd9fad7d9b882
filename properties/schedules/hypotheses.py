"""What a scheduler may follow: a schedule with its conventions, and which argument each of its hyperparameters is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, islice, permutations, product
from typing import Any

from lawful.properties.schedules.driving import written
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import spelled
from lawful.verify.language.schedule import Formula, Part, Schedule, Values

CONSTANTS = (0.0, 1.0)
"""What a hyperparameter may be that no argument is, and that is not at its default."""

SET, MOST = 1, 150
"""How many hyperparameters are set to constants at most; how many hypotheses are tried of a schedule with one choice of
its conventions, and of each such number."""


@dataclass(frozen=True)
class Hypothesis:
    """A schedule that a scheduler may follow.

    Attributes:
        scheduler: with the schedule, what is pinned, and its words for hyperparameters.
    """

    scheduler: Scheduler

    def values(self, arguments: Values) -> Values:
        """The hyperparameters that it has when it is made with these arguments."""
        held = {w: arguments[n] for w, n in self.scheduler.bound.items() if n in arguments}
        return {**self.scheduler.schedule.defaults, **self.scheduler.pinned, **held}

    def formula(self, arguments: Values) -> tuple[Formula, Mapping[Any, Any]]:
        """The formula at symbols, and what these stand for."""
        return self.scheduler.schedule.of(self.values(arguments))

    @cached_property
    def spec(self) -> str:
        """As `--rule` takes it: `linear(start_factor=0.0)`."""
        said = ", ".join(f"{name}={written(value)}" for name, value in self.scheduler.pinned.items())
        return spelled(self.scheduler.schedule.name, said)

    @property
    def words(self) -> str:
        """It, and what it calls otherwise: `linear(start_factor=0.0), total_iters is steps`."""
        renamed = [f"{word} is {name}" for word, name in self.scheduler.names.items() if word != name]
        return ", ".join([self.spec, *renamed])

    @property
    def plainness(self) -> tuple[Any, ...]:
        """The less, the sooner it is named, of those that fit alike."""
        said = len(self.scheduler.pinned) + len(self.scheduler.names)
        return said, len(self.scheduler.schedule.parameters), self.spec


def hypotheses(
    base: Scheduler, mattering: Sequence[str], arguments: Values, constants: int
) -> Iterator[Hypothesis]:
    """What may be followed of a schedule, with each of its conventions: so that each argument that matters is one of
    its hyperparameters, if there are enough.

    Args:
        base: the scheduler with that schedule.
        mattering: the arguments that change rates.
        arguments: values of all.
        constants: of how many hyperparameters the value is one that is no argument's and not the default.
    """
    for pinned in _conventions(base):
        yield from map(Hypothesis, islice(_named(pinned, mattering, arguments, constants), MOST))


def _conventions(base: Scheduler) -> Iterator[Scheduler]:
    """Each choice of those conventions that are no arguments; the default is left out."""
    free = {n: values for n, values in base.schedule.conventions.items() if n not in base.bound}
    for chosen in product(*free.values()):
        said = {
            n: value for (n, values), value in zip(free.items(), chosen, strict=True) if value != values[0]
        }
        yield replace(base, pinned=said)


def _named(
    base: Scheduler, mattering: Sequence[str], arguments: Values, constants: int
) -> Iterator[Scheduler]:
    """Each way in which arguments are hyperparameters that are called otherwise."""
    words = [
        w for w in base.schedule.parameters if w not in base.schedule.conventions and w not in base.bound
    ]
    free = [n for n in mattering if n not in base.bound.values()]
    for chosen in permutations(words, min(len(free), len(words))):
        for names in permutations(free, len(chosen)) if len(free) > len(words) else [free]:
            pairs = dict(zip(chosen, names, strict=True))
            if all(_kind(arguments[name]) in _kinds(base.schedule, word) for word, name in pairs.items()):
                rest = [word for word in words if word not in pairs]
                yield from _filled(replace(base, names={**base.names, **pairs}), rest, constants)


def _filled(base: Scheduler, words: Sequence[str], constants: int) -> Iterator[Scheduler]:
    """Each way to set so many of the hyperparameters that are left to constants; those without a default first."""
    lacking = [word for word in words if word not in base.schedule.defaults]
    numbers = [word for word in words if word not in lacking and "number" in _kinds(base.schedule, word)]
    if len(lacking) > constants or any("number" not in _kinds(base.schedule, word) for word in lacking):
        return
    for more in combinations(numbers, constants - len(lacking)):
        for values in product(CONSTANTS, repeat=constants):
            said = dict(zip((*lacking, *more), values, strict=True))
            if all(_may_be(base.schedule, word, value) for word, value in said.items()):
                yield replace(base, pinned={**base.pinned, **said})


def _may_be(schedule: Schedule, word: str, value: float) -> bool:
    """Whether a constant is no default, and not below the least that the hyperparameter may be."""
    domain = schedule.domains.get(word)
    least = domain.low if isinstance(domain, Domain) else 0.0
    return least <= value != schedule.defaults.get(word)


def _kinds(schedule: Schedule, word: str) -> set[str]:
    """What a hyperparameter may be."""
    domain = schedule.domains.get(word, (schedule.defaults.get(word),))
    return {_kind(value) for value in (domain.values if isinstance(domain, Domain) else domain)}


def _kind(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "parts" if any(isinstance(member, Part) for member in value) else "numbers"
    if isinstance(value, bool | str) or value is None:
        return "switch"
    return "function" if callable(value) else "number"
