"""From a question to a plan: which targets there are, and what is asked of each. Workers import the targets alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

from lawful.verify.candidates.places import DOTTED, place_of
from lawful.verify.errors import Unanswerable, WorkerDiedError, WorkerError, WorkerTimeoutError
from lawful.verify.evidence import Check
from lawful.verify.front.configuration import Said
from lawful.verify.workers.pool import AnyPool

if TYPE_CHECKING:
    from lawful.properties.settings import Settings
    from lawful.verify.candidates.description import Description, Listing

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """What somebody asks.

    Attributes:
        targets: as they wrote them.
        rule: the rule that the targets claim, if their names do not say.
        arguments: constructor arguments to fix.
        laws: names of laws to prove.
        names: the rule's word → the constructor's.
        configured: target → what the project says of it besides.
    """

    targets: Sequence[str]
    rule: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    laws: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    configured: Mapping[str, Said] = field(default_factory=dict)

    def of(self, target: str) -> Said:
        """What is said of one target, by the question before the project."""
        return Said(self.rule, self.arguments, self.names).over(self.configured.get(target, Said()))

    @property
    def rules(self) -> list[str]:
        """The rules that are said of its targets."""
        return [self.of(target).rule for target in self.targets]

    @property
    def objects(self) -> list[str]:
        """The arguments said of its targets that may name an object: a class, a function."""
        said = (value for target in self.targets for value in self.of(target).arguments.values())
        return [value for value in said if isinstance(value, str) and DOTTED.fullmatch(value)]


@dataclass(frozen=True)
class Plan:
    """What a question comes to.

    Attributes:
        described: the targets.
        checks: what is asked of them.
        laws: what is proved.
        lost: targets that cost a worker when they were tried.
        unasked: optimizers that were there and are not asked → why.
        asked: the key of the question, where its answer may be recalled (`lawful.verify.front.recalling`).
    """

    described: Sequence[Description]
    checks: Sequence[Check]
    laws: Sequence[str] = ()
    lost: Sequence[str] = ()
    unasked: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""


def plan(pool: AnyPool, question: Question, settings: Settings) -> Plan:
    """The plan of a question.

    Raises:
        Unanswerable: an unknown target, rule, argument or option, a device that is not here, or a target, asked about
            alone, that cannot be run.
    """
    listings = list(_listed(pool, question.targets, settings))
    described = _described(pool, listings, settings, lambda target: question.of(target).rule)
    checks = checks_of(pool, described, question, settings)
    first = {check.target: check for check in reversed(checks)}.values()
    tried = [check for check in first if check.arguments or len(described) == 1]
    lost = [check.target for check in tried if not _tried(pool, check, settings)]
    unasked = {name: why for each in listings for name, why in each.unasked.items()}
    beside = {name: why for name, why in unasked.items() if name not in question.targets}
    return Plan(described, checks, question.laws, lost, beside)


def checks_of(
    pool: AnyPool, described: Sequence[Description], question: Question, settings: Settings
) -> list[Check]:
    """What is asked of these targets.

    Raises:
        Unanswerable: see `plan`.
    """
    asked = [pool.start(_checks, pool, each, question, settings) for each in described]
    return [check for checks in asked for check in checks.result()]


def describe(pool: AnyPool, rules: Mapping[str, str], settings: Settings) -> list[Description]:
    """The descriptions of all that the targets stand for, each with the rule that is said of it, each once.

    Raises:
        Unanswerable: a target is unknown, fails to import, ends the process or takes too long.
    """
    return _described(pool, _listed(pool, [*rules], settings), settings, lambda name: rules.get(name, ""))


def _listed(pool: AnyPool, targets: Sequence[str], settings: Settings) -> Iterator[Listing]:
    """What each of the targets stands for, once it is known that the devices are there."""
    pool.call(
        "lawful.verify.front.questions:available",
        settings.devices,
        gives=NoneType,
        timeout=patience(settings),
    )
    from lawful.verify.candidates.description import Listing  # now that there are workers

    for target in targets:
        yield _looked_up(pool, f"{DESCRIPTION}:listed", target, settings.timeout, Listing)


def _described(
    pool: AnyPool, listings: Iterable[Listing], settings: Settings, rule: Callable[[str], str]
) -> list[Description]:
    from lawful.verify.candidates.description import Description

    names = dict.fromkeys(name for each in listings for name in each.asked)
    of, limit = f"{DESCRIPTION}:describe", settings.timeout
    return [_looked_up(pool, of, name, limit, Description, name, rule(name)) for name in names]


def patience(settings: Settings) -> float:
    """Seconds for questions about nothing but lawful itself."""
    return max(60.0, float(settings.timeout))


DESCRIPTION = "lawful.verify.candidates.describing"
IDENTITY = "lawful.verify.front.questions:identified"


def _checks(pool: AnyPool, target: Description, question: Question, settings: Settings) -> list[Check]:
    said = question.of(target.target)
    known = target, said.rule, settings, said.arguments, said.names
    name, limit = target.target, settings.timeout
    found = _looked_up(pool, "lawful.properties.checks:plan", name, limit, list[Check], *known)
    as_given = dict(said.arguments)  # tuples too, which an answer has not
    return [replace(check, arguments={**check.arguments, **as_given}) for check in found]


def _tried(pool: AnyPool, check: Check, settings: Settings) -> bool:
    """Whether a worker survives its first step: one that does not is tried no further, and its checks will say so."""
    place = place_of(check.target)
    try:
        pool.call(TRIED, check, settings.seed, gives=NoneType, timeout=settings.timeout, about=place)
    except WorkerError as error:
        return not isinstance(error, WorkerTimeoutError | WorkerDiedError)
    return True


TRIED = "lawful.properties.trial:tried"


def _looked_up(
    pool: AnyPool, function: str, target: str, timeout: float, gives: type[T], *arguments: Any
) -> T:
    place = place_of(target)
    rule = f" with the rule {arguments[1]}" if arguments and arguments[1] else ""
    try:
        return pool.call(function, *(arguments or (target,)), gives=gives, timeout=timeout, about=place)
    except WorkerError as error:
        raise Unanswerable(f"{target}{rule} cannot be looked at: {error}.") from error
