"""What a scheduler sets, whatever its schedule: it is run at several values of its arguments, and watched."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count, islice
from typing import Any

import numpy as np

from lawful.properties.schedules.driving import METRICS
from lawful.properties.schedules.floats import Array
from lawful.properties.schedules.groups import groups, momenta, rates
from lawful.verify.candidates.follower import Maker, said
from lawful.verify.candidates.scheduler import GIVEN, Scheduler, constructed
from lawful.verify.candidates.stepping import stepped
from lawful.verify.errors import Unanswerable, told
from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Schedule
from lawful.verify.language.schedules import claimed_schedule, find_schedule, schedules

Values = Mapping[str, Any]

STEPS = len(METRICS)
"""How many steps are watched."""

RUNS = 4
"""At how many settings of all arguments."""

LENGTHS = ((3, 11, 17, 29), (4, 9, 21, 33), (2, 13, 19, 31), (5, 8, 15, 23))
SHARES = ((0.3, 0.5, 0.125, 0.7), (0.1, 0.75, 0.2, 0.9), (0.4, 0.25, 0.6, 0.05), (0.2, 0.35, 0.8, 0.15))
"""What arguments are set to of which no schedule speaks: those before others are the smaller lengths."""


@dataclass(frozen=True)
class Watched:
    """A run.

    Attributes:
        arguments: all that the scheduler was made with, its defaults too.
        seen: (rate, momentum) × groups × steps from 0 on, up to where it raised.
        fed: whether its steps took a metric.
    """

    arguments: Values
    seen: Array
    fed: bool

    @property
    def steps(self) -> int:
        """How many were made."""
        return int(self.seen.shape[2]) - 1

    def begun(self, steps: int) -> "Watched":
        """Its first so many steps."""
        return replace(self, seen=self.seen[:, :, : steps + 1])


@dataclass
class Watch:
    """What makes a scheduler, and how it is asked.

    Attributes:
        cls: the class, or the function.
        arguments: those that the user fixes.
        names: the schedule's word → the constructor's.
        refusals: what it raised.
    """

    cls: Maker
    arguments: Values = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What it takes of which a schedule may speak."""
        return {name: p for name, p in said(self.cls).items() if name not in GIVEN}

    def runs(self) -> list[Watched]:
        """Runs that change every argument, as its claim or the names of its arguments let one think.

        Raises:
            Unanswerable: it refuses them all.
        """
        for settings in self._settings():
            if found := [run for given in islice(settings, RUNS) if (run := self.run(given))]:
                return found
        raise Unanswerable(f"{self.cls.__name__} cannot be run: {self.refusals[0].rstrip('.')}.")

    def _settings(self) -> Iterator[Sequence[Values]]:
        """Settings to try until it takes some: those of its claim, or of the class that it is a kind of; guesses; and
        guesses with one, or all, of those arguments that may be left out."""
        claims = map(claimed_schedule, [each.__name__ for each in getattr(self.cls, "__mro__", [self.cls])])
        yield from (self._spoken(find_schedule(claim)[0]) for claim in claims if claim)
        left_out = [n for n, p in self.parameters.items() if p.default is None and _known(n)]
        for more in ([], *([name] for name in left_out), left_out):
            yield [{**self._guessed(place), **self._added(more, place)} for place in range(RUNS)]

    def _added(self, names: Sequence[str], place: int) -> Values:
        return {name: _known(name)[place % len(_known(name))] for name in names}

    def _spoken(self, schedule: Schedule) -> list[Values]:
        """What the schedule of its name is asked at; nothing if it takes other arguments."""
        scheduler = Scheduler(self.cls, schedule, {}, self.arguments, self.names)
        try:
            return [scheduler.spoken(values) for values in scheduler.answerable().settings()]
        except Unanswerable:
            return []

    def _guessed(self, place: int) -> Values:
        whole, parts = count(), count()
        found = {n: self._guess(n, p, place, whole, parts) for n, p in self.parameters.items()}
        return {
            **{n: value for n, value in found.items() if value is not inspect.Parameter.empty},
            **self.arguments,
        }

    @cached_property
    def _has_lengths_of_its_own(self) -> bool:
        """Whether an argument looks like a length and has no name that a schedule knows: lengths of two sources may be
        one, and a warm-up as long as all tells little."""
        return any(
            not (_known(n) or isinstance(p.default, bool | str | float) or p.default is None)
            and p.annotation not in (float, "float")
            for n, p in self.parameters.items()
        )

    def _guess(
        self, name: str, parameter: inspect.Parameter, place: int, whole: Iterator[int], parts: Iterator[int]
    ) -> Any:
        default = parameter.default
        if isinstance(default, bool | str) or default is None:
            return parameter.empty
        if (values := _known(name)) and not (self._has_lengths_of_its_own and _are_lengths(values)):
            return values[place % len(values)]
        if isinstance(default, float) or parameter.annotation in (float, "float"):
            return SHARES[place][next(parts) % len(SHARES[place])]
        return LENGTHS[place][next(whole) % len(LENGTHS[place])]

    def run(self, given: Values) -> Watched | None:
        """What it sets when it is made so; None if it refuses that."""
        optimizer = groups()
        try:
            scheduler = constructed(self.cls, given, optimizer)
        except Exception as error:
            self.refusals.append(told(error))
            return None
        seen, fed = [[rates(optimizer), momenta(optimizer)]], takes_metrics(scheduler)
        for done in range(STEPS):
            optimizer.step()
            try:
                stepped(scheduler, done + 1, METRICS[done] if fed else None)
            except Exception as error:
                self.refusals.append(told(error))
                break
            seen.append([rates(optimizer), momenta(optimizer)])
        defaults = {n: p.default for n, p in self.parameters.items() if p.default is not p.empty}
        return Watched({**defaults, **given}, np.array(seen).transpose(1, 2, 0), fed)

    def mattering(self, run: Watched) -> list[str]:
        """The arguments that change what is set, each alone."""
        others = self._guessed(1), self._guessed(2)
        return [
            n
            for n in others[0]
            if n not in self.arguments and any(self._matters(run, n, of[n]) for of in others)
        ]

    def _matters(self, run: Watched, name: str, value: Any) -> bool:
        other = self.run({**run.arguments, name: value})
        return other is not None and not np.array_equal(other.seen, run.seen)


def takes_metrics(scheduler: Any) -> bool:
    """Whether its steps take a metric, by the name of what they take."""
    return any("metric" in name for name in inspect.signature(scheduler.step).parameters)


def _known(name: str) -> Sequence[Any]:
    """What a hyperparameter of this name is tried at in a schedule that has it; nothing if none has."""
    found = (each.domains[name] for each in schedules().values() if name in each.domains and not each.pure)
    domain = next(found, ())
    values = domain.values if isinstance(domain, Domain) else domain
    return [value for value in values if value is not None]


def _are_lengths(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)
