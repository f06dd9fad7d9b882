"""From a sentence about schedulers to a property: the function that looks, asked at every setting."""

from collections.abc import Callable, Iterator

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.schedules.driving import Bench, RaisedError
from lawful.properties.settings import Settings
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.language.schedule import Values

Said = Iterator[tuple[str, str]]
"""What is found, as the end of a sentence about the scheduler, and lines that show it."""

Look = Callable[[Bench], Said]
Settled = Callable[[Scheduler], Iterator[Values]]

ENOUGH = 3
"""How many findings of one check are told."""


def promise(
    at: Settled = Scheduler.settings,
    applies: Callable[[Scheduler], bool] = lambda scheduler: True,
    severity: Severity = Severity.CONTRACT,
    tensors: bool = False,
) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings.

    Args:
        at: the settings at which it is asked; those at which the scheduler raises are left to the question whether it
            follows its schedule.
        applies: whether a scheduler has something to ask about.
        severity: how grave it is to break it.
        tensors: whether rates are tensors.
    """

    def decorate(look: Look) -> Property:
        def seen(candidate: Scheduler, check: Check, settings: Settings, journal: Journal) -> Evidence:
            found: list[Finding] = []
            looked, notes = 0, list[str]()
            for bench in (Bench(candidate, values, tensors=tensors) for values in at(candidate)):
                journal(f"{check.property} of {bench.called}")
                try:
                    found += [
                        Finding(f"{bench.called} {said}.", details=lines) for said, lines in look(bench)
                    ]
                    looked += 1
                except RaisedError as error:
                    notes.append(f"{bench.called} {error}")
                if len(found) >= ENOUGH:
                    break
            verdict = Verdict.UNLAWFUL if found else Verdict.LAWFUL if looked else Verdict.NOT_APPLICABLE
            return Evidence(verdict, scenarios=looked, notes=notes, findings=found[:ENOUGH])

        sentence = " ".join((look.__doc__ or "").split("\n\n")[0].split())
        name = look.__name__.replace("_", "-")
        return Property(name, sentence, seen, of=applies, on=on_cpu, severity=severity, asks=Scheduler)

    return decorate
