"""The release in which an answer changed, found by halves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Bisection:
    """A search among versions, the oldest first, for where the answer of the newest began.

    Args:
        versions: at least one.
        answer: what a version answers; None where it cannot be asked.

    Attributes:
        told: version → its answer, of those that were asked.
    """

    versions: Sequence[str]
    answer: Callable[[str], str | None]
    told: dict[str, str | None] = field(default_factory=dict)

    def run(self) -> tuple[str, str] | None:
        """The last version with another answer, and the first with that of the newest; what is between them cannot be
        asked. None if the oldest and the newest that can be asked answer alike, or there is none.

        Releases that are too old to be asked are taken to come before all that can be.
        """
        high = next((i for i in reversed(range(len(self.versions))) if self._of(i) is not None), -1)
        if high < 0:
            return None
        low = self._first(high)
        if self._of(low) == self._of(high):
            return None
        while (middle := self._between(low, high)) is not None:
            said = self._of(middle)
            if said == self._of(high):
                high = middle
            elif said is not None:
                low = middle
        return self.versions[low], self.versions[high]

    def _first(self, high: int) -> int:
        """The oldest that can be asked."""
        if self._of(0) is not None:
            return 0
        low = 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._of(middle) is None else (low, middle)
        return high

    def _between(self, low: int, high: int) -> int | None:
        """What is nearest the middle, of those of which it is not known that they cannot be asked."""
        inside = [i for i in range(low + 1, high) if self.told.get(self.versions[i], "") is not None]
        return min(inside, key=lambda i: abs(2 * i - low - high), default=None)

    def _of(self, position: int) -> str | None:
        version = self.versions[position]
        if version not in self.told:
            self.told[version] = self.answer(version)
        return self.told[version]
