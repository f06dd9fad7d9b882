"""Properties: what can be asked of a candidate. A property is an object in a module of this package or of one inside
it; all are found by scanning.

`plan` says which checks there are for a target, in the parent, from the worker's description; `perform` runs one, in a
worker.
"""

import fnmatch
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from time import perf_counter
from typing import Any, TextIO

from lawful.properties.settings import PROFILES, Settings
from lawful.verify.candidates.asking import Asked, candidate_of, claim_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.description import Description
from lawful.verify.errors import unknown
from lawful.verify.evidence import UNCLAIMED, Check, Evidence, Finding, Severity, Verdict
from lawful.verify.package import modules


@dataclass(frozen=True)
class Property:
    """Something that a candidate must have.

    Attributes:
        name: as checks and reports name it.
        sentence: what must hold.
        run: (candidate, check, settings, journal) → evidence; `journal` writes down each input before it runs.
        everywhere: whether it is asked on every path and dtype, or in one dtype, on the first path.
        dtype: where it is asked in one dtype, which.
        paths: whether it is asked on every path though in one dtype.
        profiles: in which it is asked without being named.
        ruleless: whether it can be asked where no rule is claimed.
        applies: whether a rule has it.
        of: whether a candidate has something to ask about.
        on: whether it is asked on a device.
        severity: how grave it is to lack it.
        asks: of what it is asked: optimizers, schedulers.
        torchs: whether it is what `torch.optim.Optimizer` promises, and no other framework need.
    """

    name: str
    sentence: str
    run: "Callable[[Any, Check, Settings, Journal], Evidence]"
    everywhere: bool = False
    dtype: str = "float64"
    paths: bool = False
    profiles: tuple[str, ...] = PROFILES
    ruleless: bool = False
    applies: Callable[[Any], bool] = field(default=lambda rule: True)
    of: Callable[[Any], bool] = field(default=lambda candidate: True)
    on: Callable[[str], bool] = field(default=lambda device: True)
    severity: Severity = Severity.CONTRACT
    asks: type = Candidate
    torchs: bool = False


def on_cpu(device: str) -> bool:
    """For properties that are asked on the CPU alone."""
    return device == "cpu"


Journal = Callable[[Any], None]


@cache
def properties() -> dict[str, Property]:
    """Every property, by name, of which no two have the same."""
    values = [value for module in modules("lawful.properties") for value in vars(module).values()]
    found = [p for p in values if isinstance(p, Property)]
    found += [p for group in values if _is_group(group) for p in group]
    named = {p.name: p for p in found}
    if twice := [p.name for p in found if named[p.name] is not p]:
        raise ValueError(f"two properties are called {twice[0]!r}: one would be asked in the other's place")
    return named


def _is_group(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(p, Property) for p in value)


def plan(
    description: Description,
    rule: str,
    settings: Settings,
    arguments: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Check]:
    """The checks of a target. Without a rule, its name is the claim; where that is no rule's, what needs none is asked.

    Raises:
        Unanswerable: the rule, a convention, a word or an argument is unknown, or the learning rate cannot be set.
    """
    from lawful.properties.runs.clips import unclipped

    rule = rule or description.rule
    candidate = candidate_of(description.target, rule, arguments, names)
    if isinstance(candidate, Candidate):
        rule, candidate = rule or claim_of(candidate), unclipped(candidate)
    return plan_for(candidate, rule, description.target, settings, arguments)


def plan_for(
    candidate: Asked,
    rule: str,
    target: str,
    settings: Settings,
    arguments: Mapping[str, Any] | None = None,
) -> list[Check]:
    """The checks of a candidate: on every path, dtype and device where asked everywhere; the others less often.

    Raises:
        Unanswerable: an unknown property, or a path on which the candidate does not run.
    """
    paths, names = list(candidate.paths), dict(candidate.names)
    given = {**(arguments or {}), **{name: candidate.arguments[name] for name in candidate.off}}
    for path in settings.paths:
        if path not in paths:
            raise unknown("path", path, paths)
    return [
        Check(p.name, rule, target, path, dtype, device, given, names, p.severity, p.sentence, candidate.kind)
        for p in _asked(settings.only)
        if _concerns(p, candidate, rule) and (settings.only or settings.profile in p.profiles)
        for device in settings.devices
        if p.on(device)
        for dtype in (settings.dtypes if p.everywhere else (_taken(candidate, p.dtype),))
        for path in (paths if p.everywhere or p.paths else paths[:1])
        if not settings.paths or path in settings.paths
    ]


def _taken(candidate: Asked, dtype: str) -> str:
    """A dtype, or the widest that the candidate takes, if it does not take this."""
    from lawful.properties.runs.taken import named_taken

    return named_taken(candidate, dtype) if isinstance(candidate, Candidate) else dtype


def _concerns(asked: Property, candidate: Asked, rule: str) -> bool:
    """Whether a property can be asked of a candidate and what it claims."""
    claims = asked.ruleless or rule != UNCLAIMED
    return (
        isinstance(candidate, asked.asks)
        and claims
        and (candidate.torchs or not asked.torchs)
        and asked.applies(candidate.rule({}))
        and asked.of(candidate)
    )


def _asked(only: tuple[str, ...]) -> list[Property]:
    """The properties of these names or patterns.

    Raises:
        Unanswerable: there is none of one of them.
    """
    names = list(properties())
    for pattern in only:
        if not fnmatch.filter(names, pattern):
            raise unknown("property", pattern, names)
    return [p for n, p in properties().items() if not only or any(fnmatch.fnmatchcase(n, o) for o in only)]


def perform(check: Check, settings: Settings, journal: str = "") -> Evidence:
    """Runs one check in a worker."""
    candidate = candidate_of(check.target, check.rule, check.arguments, check.names)
    with _journal(journal) as told:
        return run(candidate, check, settings, told)


def run(
    candidate: Asked, check: Check, settings: Settings, journal: Journal = lambda entry: None
) -> Evidence:
    """Runs one check where it is called; what the candidate changes globally is noticed, noted and undone."""
    from lawful.verify.candidates.surroundings import undone

    start = perf_counter()
    with undone() as changed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evidence = replace(_seen(candidate, check, settings, journal), seconds=perf_counter() - start)
    notes = [f"the candidate changed {name}, which was undone" for name in changed]
    evidence = replace(evidence, notes=[*evidence.notes, *notes])
    return weighed(check, judged(check, candidate, evidence), settings)


def _seen(candidate: Asked, check: Check, settings: Settings, journal: Journal) -> Evidence:
    from lawful.properties.runs.running import RaisedError

    try:
        return properties()[check.property].run(candidate, check, settings, journal)
    except RaisedError as error:
        return Evidence(Verdict.CRASHED, findings=[Finding(f"{error}.")])


def judged(check: Check, candidate: Asked, evidence: Evidence) -> Evidence:
    """A candidate that refuses even its first path in float32, or else in the widest format that it takes, has not been
    tested, which is no pass."""
    basic = check.path == next(iter(candidate.paths)) and check.dtype == _taken(candidate, "float32")
    if basic and evidence.verdict is Verdict.NOT_APPLICABLE and properties()[check.property].everywhere:
        refusals = [note for note in evidence.notes if note.startswith("refused")]
        return replace(evidence, verdict=Verdict.CRASHED, findings=[Finding(f"{n}.") for n in refusals])
    return evidence


def weighed(check: Check, evidence: Evidence, settings: Settings) -> Evidence:
    """What is less grave than asked for, and not asked for by name, is told, but does not make a candidate unlawful."""
    told = check.severity.rank > settings.fail_on.rank and not settings.only
    return (
        replace(evidence, verdict=Verdict.LAWFUL)
        if told and evidence.verdict is Verdict.UNLAWFUL
        else evidence
    )


@contextmanager
def _journal(path: str) -> Iterator[Journal]:
    """Where a check writes what it is about to do, so that it can be told should its process end: the last entry."""
    with ExitStack() as stack:
        file = None
        if path:  # on another machine than the one that asks, nobody would read it
            with suppress(FileNotFoundError):
                file = stack.enter_context(open(path, "w"))
        yield partial(_write, file) if file else lambda entry: None


def _write(file: TextIO, entry: Any) -> None:
    file.seek(0)
    file.write(str(entry))
    file.truncate()
    file.flush()
