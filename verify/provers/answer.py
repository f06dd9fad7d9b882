"""What a prover says of a claim."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Whether a claim was established, and how, line by line.

    Attributes:
        holds: whether it was.
        lines: how, or what stands against it.
        certain: whether a no is a counterexample, and not only that none can say.
    """

    holds: bool
    lines: Sequence[str]
    certain: bool = True

    @property
    def refuted(self) -> bool:
        """Whether the claim was found to be false."""
        return self.certain and not self.holds
