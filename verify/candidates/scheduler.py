"""A scheduler under test: a class, or a function of an optimizer, with the schedule that it claims."""

import inspect
from typing import Any, ClassVar

import torch
from torch.optim import Optimizer

from lawful.verify.candidates.follower import Follower, Maker, said
from lawful.verify.candidates.frameworks import rates_of
from lawful.verify.candidates.pure import Along, along
from lawful.verify.language.schedule import Part, Values

GIVEN = ("optimizer", "last_epoch", "verbose")
"""What a constructor takes that no schedule speaks of."""


def is_scheduler(maker: Any) -> bool:
    """Whether something is made of an optimizer, and is none itself: a class that takes one, or a function of one."""
    taken = list(said(maker))
    return "optimizer" in (taken if isinstance(maker, type) else taken[:1]) and not hasattr(
        maker, "zero_grad"
    )


class Scheduler(Follower):
    """What makes a scheduler of an optimizer."""

    kind: ClassVar[str] = "scheduler"
    sets: ClassVar[str] = "rate"
    given: ClassVar[tuple[str, ...]] = GIVEN

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is a scheduler, whatever it is said to follow; or makes a function of the steps."""
        return is_scheduler(maker) or rates_of(maker) is not None

    @classmethod
    def seen(cls, maker: Any) -> Any:
        """A scheduler as it is; of what makes a function of the steps, the scheduler that sets what that gives."""
        rates = None if is_scheduler(maker) else rates_of(maker)
        return maker if rates is None else along(maker, rates)

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """What it is made with besides an optimizer."""
        return {name: p for name, p in said(cls.seen(maker)).items() if name != "optimizer"}

    @property
    def pure(self) -> bool:
        """Whether it is a function of the steps, which has no state and knows of no optimizer."""
        return isinstance(self.cls, type) and issubclass(self.cls, Along)

    @property
    def dtype(self) -> torch.dtype | None:
        """In which it computes rates, if it has a format of its own."""
        return getattr(torch, self.cls.rates.dtype) if self.pure else None

    def _called(self, word: str) -> str:
        """The user's word, or the schedule's, or one that the framework has for it."""
        others = self.cls.rates.words.get(word, ()) if self.pure else ()
        free = (other for other in (word, *others) if other in self.parameters)
        return self.names.get(word) or next(free, word)

    @property
    def counts_on(self) -> bool:
        """Whether it can be told how often another has stepped before it."""
        return "last_epoch" in said(self.cls)

    def make(self, optimizer: Optimizer, values: Values, **more: Any) -> Any:
        """A scheduler of an optimizer at these hyperparameters; parts are made before it, in their order."""
        return constructed(self.cls, {**self.spoken(values), **more}, optimizer)


def constructed(maker: Maker, arguments: Values, optimizer: Optimizer) -> Any:
    """A scheduler of an optimizer, made with these arguments."""
    return maker(**{n: made(value, optimizer) for n, value in arguments.items()}, optimizer=optimizer)


def made(value: Any, optimizer: Optimizer) -> Any:
    """An argument as a scheduler takes it: a list, a part made of the same optimizer."""
    if isinstance(value, tuple):
        return [made(member, optimizer) for member in value]
    return made_part(value, optimizer) if isinstance(value, Part) else value


def made_part(part: Part, optimizer: Optimizer) -> Any:
    """A part of a composition, as torch has it."""
    cls = getattr(torch.optim.lr_scheduler, part.schedule.claims[0])
    arguments = {name: made(value, optimizer) for name, value in part.values.items()}
    return cls(**{**arguments, "optimizer": optimizer})
