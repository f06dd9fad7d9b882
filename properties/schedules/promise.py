"""From a sentence about schedulers to a property: the function that looks, asked at every setting."""

from collections.abc import Callable, Iterator, Sequence

import torch

from lawful.properties.checks import Property
from lawful.properties.promises import Said, promised
from lawful.properties.schedules.driving import Bench
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Severity
from lawful.verify.language.schedule import Values

Look = Callable[[Bench], Said]
Settled = Callable[[Scheduler], Iterator[Values]]


def promise(
    at: Settled = Scheduler.settings,
    applies: Callable[[Scheduler], bool] = lambda scheduler: True,
    severity: Severity = Severity.CONTRACT,
    formats: Sequence[torch.dtype | None] = (None,),
    pure: bool = False,
) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings.

    Args:
        at: the settings at which it is asked; those at which the scheduler raises are left to the question whether it
            follows its schedule.
        applies: whether a scheduler has something to ask about.
        severity: how grave it is to break it.
        formats: of rates that are tensors; None for numbers.
        pure: whether it is asked of functions of the steps too.
    """

    def benches(scheduler: Scheduler) -> Iterator[Bench]:
        held = [dtype or scheduler.dtype for dtype in formats]
        return (Bench(scheduler, values, dtype=dtype) for dtype in held for values in at(scheduler))

    def of(scheduler: Scheduler) -> bool:
        return (pure or not scheduler.pure) and applies(scheduler)

    return lambda look: promised(look, benches, Scheduler, of, severity)
