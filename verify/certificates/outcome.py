"""What became of a law's certificate."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What became of a law's certificate.

    Attributes:
        law: its name.
        kind: its kind.
        certified: whether it was accepted, on the axioms of the real numbers alone.
        why: what was wrong; or why there is no certificate.
        neighbour: whether its false neighbour was refused; None where that was not asked.
        axioms: those that it rests on.
        seconds: how long `coqc` took.
        mutant: whether the law of a rule with one change was refused; None where that was not asked.
    """

    law: str
    kind: str
    certified: bool
    why: str = ""
    neighbour: bool | None = None
    axioms: Sequence[str] = ()
    seconds: float = 0.0
    mutant: bool | None = None
