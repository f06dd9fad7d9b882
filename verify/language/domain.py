"""Domains of hyperparameters."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Domain:
    """Where a hyperparameter may lie, and short decimals over it from which values are drawn.

    Attributes:
        values: from where values are drawn; at the first, every term of a rule shows.
        low: the least value, included unless `open_low`.
        high: the largest value, excluded.
        open_low: whether the least value is excluded.
        chosen: whether implementations choose the default themselves.
    """

    values: tuple[float, ...]
    low: float = 0.0
    high: float = inf
    open_low: bool = False
    chosen: bool = False

    def __contains__(self, value: float) -> bool:
        """Whether a value lies in it."""
        return (self.low < value if self.open_low else self.low <= value) and value < self.high

    def __str__(self) -> str:
        """`[0, 1)`."""
        high = "∞" if self.high == inf else f"{self.high:g}"
        return f"{'(' if self.open_low else '['}{self.low:g}, {high})"


WEIGHT = Domain((0.5, 0.1, 0.3, 0.9, 0.95, 0.99, 0.0), high=1.0)
"""Of a weight in an average."""
