"""A pass over data under test: a function of a loader and a model that gathers the statistics of batch norms."""

from typing import Any, ClassVar

from lawful.verify.candidates.averager import passes
from lawful.verify.candidates.piece import Piece


class Statistics(Piece):
    """What sets running means and variances to averages over batches, with the average that it claims."""

    kind: ClassVar[str] = "statistic"
    what: ClassVar[str] = "averaged"
    given: ClassVar[tuple[str, ...]] = ("loader", "model", "device")

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something makes a pass over data, and averages, if anything is said of it."""
        return passes(maker) and (not rule or super().takes(maker, rule))
