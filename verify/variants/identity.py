"""What an implementation follows: the data that a worker returns and reports draw."""

from dataclasses import dataclass, field

DECIDED = 0.1
"""The share of comparisons that must have a verdict."""


@dataclass(frozen=True)
class Match:
    """A rule beside what was seen.

    Attributes:
        rule: with its conventions, as `find_rule` reads it.
        words: the same in words.
        worst: the largest deviation, in units of the error budget.
        unexplained: the mean share of a step that the rule does not explain, from 0 to 1.
        decided: the share of comparisons with a finite budget.
        change: the change at one place that makes it so: `but with … instead of …`; "" for none.
    """

    rule: str
    words: str
    worst: float
    unexplained: float
    decided: float
    change: str = ""

    @property
    def fits(self) -> bool:
        """Whether every deviation is within the budget, and enough of them have one."""
        return self.worst <= 1.0 and self.decided >= DECIDED


@dataclass(frozen=True)
class Identity:
    """What a class follows.

    Attributes:
        target: as the user wrote it.
        fits: the rules within budget, the nearest first.
        same: of these, how each further one is known to be the first.
        nearest: the nearest of the others.
        searched: how many different rules were compared.
        dtype: in which they were.
        notes: what the reader should know.
        seconds: how long it took.
        once: what must be set for it, beside the defaults: `clip is None`; "" for nothing.
        share_of: what is left unexplained a share of: of a step, or of the rate that a scheduler sets.
        ranks: where tensors of several ranks follow several rules, what those of each follow.
    """

    target: str
    fits: list[Match]
    same: dict[str, str]
    nearest: Match | None
    searched: int
    dtype: str = "float64"
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    once: str = ""
    share_of: str = "step"
    ranks: dict[str, "Identity"] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether something fits, or something else for each rank."""
        return bool(self.fits) or bool(self.ranks)
