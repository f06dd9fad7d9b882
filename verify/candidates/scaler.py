"""A scaler of losses under test, as torch's `GradScaler` is one, with the schedule of its scale."""

import inspect
from typing import Any, ClassVar

from lawful.verify.candidates.follower import Follower, said
from lawful.verify.language.schedule import Values
from lawful.verify.language.schedules import find_schedule, is_schedule

BEGIN = "init_scale"
"""The argument for the first scale."""


class Scaler(Follower):
    """What makes a scaler."""

    kind: ClassVar[str] = "scaler"
    sets: ClassVar[str] = "scale"
    given: ClassVar[tuple[str, ...]] = ("device", "enabled", BEGIN)

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is a scaler: by what is said of it, or by its name."""
        claim = rule or cls.claimed(maker)
        return isinstance(maker, type) and is_schedule(claim) and find_schedule(claim)[0].sets == cls.sets

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """What it is made with besides a device."""
        return {name: p for name, p in said(maker).items() if name not in cls.given[:2]}

    def make(self, values: Values, begin: float) -> Any:
        """A scaler on the CPU at these hyperparameters, that begins with this scale if it can be told."""
        return self.cls(**{**self.told(begin), **self.spoken(values)})

    def told(self, begin: float) -> dict[str, Any]:
        """What it is told besides hyperparameters, of what it takes."""
        return {n: v for n, v in {"device": "cpu", BEGIN: begin}.items() if n in said(self.cls)}
