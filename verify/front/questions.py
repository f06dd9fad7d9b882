"""What a campaign asks of its workers besides checks; a front end, so that it may import lazily."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lawful.verify.errors import Unanswerable
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.theory.proof import Proof


def available(devices: Sequence[str]) -> None:
    """Does nothing if a tensor can live on each of the devices.

    Raises:
        Unanswerable: torch has no such device, or cannot use it on this machine.
    """
    import torch

    for device in devices:
        try:
            torch.zeros(1, device=device)
        except (RuntimeError, AssertionError) as error:
            raise Unanswerable(
                f"device {device!r} cannot be used here: {str(error).partition(chr(10))[0]}"
            ) from error


def rule_text(rule: str) -> Any:
    """The rule that a text names, in print (`lawful.reports.ruletext.RuleText`)."""
    from lawful.reports import dividing, mathematics, scheduling
    from lawful.verify.language.division import find_division, is_division
    from lawful.verify.language.families import find_rule
    from lawful.verify.language.schedules import find_schedule, is_schedule

    if is_schedule(rule):
        return scheduling.schedule_text(*find_schedule(rule), rule)
    if is_division(rule):
        return dividing.division_text(find_division(rule))
    return mathematics.rule_text(find_rule(rule), rule)


def proof(law: str, certificates: str = "") -> Proof:
    """The proof of a law, with what this file of results says of its certificate.

    Raises:
        Unanswerable: the file cannot be read.
    """
    from lawful.verify.certificates.outcome import Outcomes
    from lawful.verify.theory.law import find_law

    found = find_law(law)
    proved = found.prove()
    return Outcomes.load(Path(certificates)).told(found, proved) if certificates else proved


def unproved(law: str, why: str) -> Proof:
    """What is recorded of a law whose proof a worker did not finish."""
    return Proof(law, "", "The proof was not finished.", "", "", False, [why], False, "", False, "")


def identity(target: str, arguments: dict[str, Any], names: dict[str, str], seed: int, timeout: float) -> Any:
    """What a target follows (`lawful.properties.identification.identify.Identity`), found by a worker.

    Raises:
        Unanswerable: an unknown target or argument, or one that cannot be run.
    """
    refuse_at_a_glance([target])
    from lawful.verify.front.planning import IDENTITY
    from lawful.verify.variants.identity import Identity
    from lawful.verify.workers.pool import Pool

    with Pool(1) as pool:
        return pool.call(IDENTITY, target, arguments, names, seed, gives=Identity, timeout=timeout)


def identified(target: str, arguments: dict[str, Any], names: dict[str, str], seed: int) -> Any:
    """What a target follows: a rule, or, of a scheduler, a schedule; in a worker.

    Raises:
        Unanswerable: see `identity`.
    """
    from lawful.verify.candidates.loading import meant
    from lawful.verify.candidates.scheduler import is_scheduler

    if is_scheduler(meant(target)):
        from lawful.properties.schedules.identifying import identified as of_scheduler

        return of_scheduler(target, arguments, names, seed)
    from lawful.properties.identification.answering import answer

    return answer(target, arguments, names, seed)


def adequacies(rules: Sequence[str], seed: int, timeout: float, workers: int) -> list[Any]:
    """The `Adequacy` of each rule, or of the bare names of all families, found by workers.

    Raises:
        Unanswerable: an unknown rule.
    """
    from lawful.verify.variants.adequacy import Adequacy
    from lawful.verify.workers.pool import Pool

    with Pool(workers) as pool:
        names = rules or pool.call("lawful.verify.front.questions:families", gives=list[str], timeout=timeout)
        call = "lawful.properties.identification.adequacy:adequacy"
        asked = [pool.ask(call, name, seed, gives=Adequacy, timeout=timeout) for name in names]
        return [answer.result() for answer in asked]


def families() -> list[str]:
    """The names of all rules."""
    from lawful.verify.language.families import rules

    return [family.name for family in rules().values()]


def contract() -> list[str]:
    """The names of what is asked of every optimizer, whatever its rule."""
    from lawful.properties.checks import properties
    from lawful.verify.candidates.candidate import Candidate
    from lawful.verify.evidence import Severity

    return [
        name
        for name, each in properties().items()
        if each.ruleless and each.severity is Severity.CONTRACT and each.asks is Candidate
    ]
