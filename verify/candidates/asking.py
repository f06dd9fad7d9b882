"""What a target is asked as: an optimizer with a rule, a scheduler with a schedule, or another piece of a training
loop.
"""

import inspect
from collections.abc import Mapping
from typing import Any, Protocol

from lawful.verify.candidates.averager import Averager
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.clip import Clip
from lawful.verify.candidates.frameworks import drives
from lawful.verify.candidates.grouper import Grouper
from lawful.verify.candidates.loading import looked_up
from lawful.verify.candidates.measure import Measure
from lawful.verify.candidates.scaler import Scaler
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.candidates.statistics import Statistics

Asked = Candidate | Scheduler | Scaler | Averager | Statistics | Measure | Clip | Grouper


class Kind(Protocol):
    """A kind of target beside optimizers."""

    def takes(self, maker: Any, rule: str = "") -> bool:
        """Whether something is of this kind, which is said to follow this rule."""
        ...

    def claimed(self, maker: Any) -> str:
        """What it claims by its name."""
        ...

    def taken(self, maker: Any) -> Mapping[str, inspect.Parameter]:
        """What it is made, or called, with."""
        ...

    def of(
        self,
        target: Any,
        rule: str = "",
        arguments: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Any:
        """What is asked."""
        ...


KINDS: tuple[Kind, ...] = (Scheduler, Scaler, Averager, Statistics, Measure, Clip, Grouper)
"""Those beside optimizers; what is of none of them is one, or is refused."""


def kind_of(maker: Any, rule: str = "") -> Kind | None:
    """What something is asked as; None for an optimizer, which is what a framework's adapter drives."""
    if drives(maker):
        return None
    return next((kind for kind in KINDS if kind.takes(maker, rule)), None)


def candidate_of(
    target: Any,
    rule: str = "",
    arguments: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> Asked:
    """The candidate that a target is.

    Raises:
        Unanswerable: see `Candidate.of` and those of the other kinds.
    """
    made: Asked = (kind_of(looked_up(target), rule) or Candidate).of(target, rule, arguments, names)
    return made


def claim_of(candidate: Asked) -> str:
    """What a candidate claims by its name, or what is said of it."""
    return claimed(candidate.cls.__name__) if isinstance(candidate, Candidate) else candidate.claim
