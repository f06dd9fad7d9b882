"""From a sentence of the contract to a property: the function that looks, asked in every way that matters."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lawful.properties.checks import Journal, Property
from lawful.properties.contract.bench import Bench, NotOwedError
from lawful.properties.contract.way import Way, Ways, plainly
from lawful.properties.promises import name_of, sentence
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.runs.taken import named_taken
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.language.rule import Rule

Messages = Iterator[str]
Look = Callable[[Bench], Messages]

ENOUGH = 3
"""How many findings of one check are told."""


def contract(
    over: Ways = plainly,
    applies: Callable[[Rule], bool] = lambda rule: True,
    of: Callable[[Candidate], bool] = lambda candidate: True,
    severity: Severity = Severity.CONTRACT,
    anywhere: bool = False,
) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings.

    Args:
        over: the ways in which it is asked; those that the candidate refuses are noted.
        applies: whether a rule has it.
        of: whether a candidate has something to ask about.
        severity: how grave it is to break it.
        anywhere: whether it makes sense for optimizers of every framework.
    """

    def decorate(look: Look) -> Property:
        name = name_of(look)

        def seen(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
            notes: list[str] = []
            found: list[Finding] = []
            ways = [_taken(candidate, way) for way in over(candidate)]
            benches = [Bench(candidate, way, check.device, settings.seed, notes) for way in ways]
            looked = 0
            for bench in benches:
                journal(f"{name}{bench.way}")
                looked += _look(look, bench, found)
                if len(found) >= ENOUGH:
                    break
            return _evidence(found, notes, benches, looked)

        return Property(
            name, sentence(look), seen, dtype="float32", ruleless=True, applies=applies, of=of, severity=severity,
            torchs=not anywhere,
        )  # fmt: skip

    return decorate


def _taken(candidate: Candidate, way: Way) -> Way:
    """A way in the format nearest to its own that the candidate takes; the same, where that is what is asked about."""
    return way if way.dtype in way.shown else replace(way, dtype=named_taken(candidate, way.dtype))


def _look(look: Look, bench: Bench, found: list[Finding]) -> bool:
    """Adds what is found to the findings; false if there was nothing to look at, as the candidate refuses it."""
    if bench.refusal:
        bench.notes.append(f"{bench.way.path} is refused: {bench.refusal}")
        return False
    try:
        for message in look(bench):
            found.append(_finding(message, bench))
    except (NotOwedError, NotOffered) as reason:
        bench.notes.append(f"{reason}")
        return False
    except RefusedError as error:
        found.append(_finding(f"raises {error}", bench))
    except RaisedError as error:
        found.append(_finding(f"{error}", bench))
    return any(bench.taken) if bench.taken else True


def _finding(message: str, bench: Bench) -> Finding:
    """What was seen, in which way, and on which inputs."""
    said = f"{message.removesuffix('.')}{bench.way}."
    return Finding(said, details=bench.inputs, path=bench.way.path, refusable=bench.refusable)


def _evidence(found: list[Finding], notes: list[str], benches: list[Bench], looked: int) -> Evidence:
    ratios = [ratio for bench in benches for ratio in bench.ratios]
    verdict = Verdict.UNLAWFUL if found else Verdict.LAWFUL if looked else Verdict.NOT_APPLICABLE
    return Evidence(
        verdict,
        worst=max(ratios, default=0.0),
        comparisons=len(ratios),
        scenarios=looked,
        notes=list(dict.fromkeys(notes)),
        findings=found[:ENOUGH],
    )


def of_each_tensor(rule: Rule) -> bool:
    """Whether a tensor's trajectory is its own, whatever the others do."""
    return rule.scope != "optimizer"
