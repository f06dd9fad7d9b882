"""From a sentence about a piece of a training loop to evidence: a function that looks, at each setting."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import Any, Protocol, TypeVar

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.settings import Settings
from lawful.verify.errors import told
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict

Said = Iterator[tuple[str, str]]
"""What is found, as the end of a sentence about what is asked, and lines that show it."""

ENOUGH = 3
"""How many findings of one check are told."""


class RaisedError(Exception):
    """What is asked raised; the message says when."""


class NotOwedError(RaisedError):
    """It promises nothing of the kind; the message says why."""


class Called(Protocol):
    """What is looked at."""

    @property
    def called(self) -> str:
        """As it is called, with its arguments."""
        ...


B = TypeVar("B", bound=Called)


def promised(
    look: Callable[[B], Said],
    benches: Callable[[Any], Iterable[B]],
    asks: type,
    of: Callable[[Any], bool] = lambda piece: True,
    severity: Severity = Severity.CONTRACT,
) -> Property:
    """The property that a function looks for: its docstring is the sentence, what it yields are findings.

    Args:
        look: the function.
        benches: what it looks at, of what is asked.
        asks: of what kind that is.
        of: whether one of them has something to ask about.
        severity: how grave it is to break it.
    """

    def seen(candidate: Any, check: Check, settings: Settings, journal: Journal) -> Evidence:
        return _looked(look, benches(candidate), check, journal)

    return Property(name_of(look), sentence(look), seen, of=of, on=on_cpu, severity=severity, asks=asks)


def _looked(look: Callable[[B], Said], benches: Iterable[B], check: Check, journal: Journal) -> Evidence:
    """What is found on benches, one after the other; what raises there is left to the question whether the rule is
    followed.
    """
    found, notes, count = list[Finding](), list[str](), 0
    for bench in benches:
        journal(f"{check.property} of {bench.called}")
        try:
            found += [Finding(f"{bench.called} {said}.", script=lines) for said, lines in look(bench)]
            count += 1
        except RaisedError as error:
            notes.append(f"{bench.called} {error}")
        if len(found) >= ENOUGH:
            break
    verdict = Verdict.UNLAWFUL if found else Verdict.LAWFUL if count else Verdict.NOT_APPLICABLE
    return Evidence(verdict, scenarios=count, notes=notes, findings=found[:ENOUGH])


def measured(ratios: Sequence[float], findings: Sequence[Finding], **more: Any) -> Evidence:
    """What was seen of numbers held against others, as evidence: how far off they were, in units of what rounding
    explains, and what failed."""
    return Evidence(
        Verdict.UNLAWFUL if findings else Verdict.LAWFUL,
        worst=max(ratios, default=0.0),
        median=median(ratios) if ratios else 0.0,
        comparisons=len(ratios),
        findings=list(findings),
        **more,
    )


def sentence(look: Callable[..., Any]) -> str:
    """The first paragraph of its docstring."""
    return " ".join((look.__doc__ or "").split("\n\n")[0].split())


def name_of(look: Callable[..., Any]) -> str:
    """`rate_set_by_hand` as checks name it: `rate-set-by-hand`."""
    return look.__name__.replace("_", "-")


def calling(call: Callable[[], Any], when: str = "") -> Any:
    """What a call gives.

    Raises:
        RaisedError: it raised.
    """
    try:
        return call()
    except Exception as error:
        raise RaisedError(f"raises {told(error)}{when and f' {when}'}") from error
