"""What a target is asked as: an optimizer with a rule, or a scheduler with a schedule."""

from collections.abc import Mapping
from typing import Any

from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.loading import meant
from lawful.verify.candidates.scheduler import Scheduler, is_scheduler

Asked = Candidate | Scheduler


def candidate_of(
    target: Any,
    rule: str = "",
    arguments: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> Asked:
    """The candidate that a target is: a scheduler where it is made of an optimizer.

    Raises:
        Unanswerable: see `Candidate.of` and `Scheduler.of`.
    """
    named = meant(target) if isinstance(target, str) else target
    kind = Scheduler if is_scheduler(named) else Candidate
    return kind.of(target, rule, arguments, names)


def claim_of(candidate: Asked) -> str:
    """What a candidate claims by its name."""
    return claimed(candidate.cls.__name__) if isinstance(candidate, Candidate) else candidate.schedule.name
