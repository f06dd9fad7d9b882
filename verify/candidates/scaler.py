"""A scaler of losses under test, as torch's `GradScaler` is one, with the schedule of its scale."""

import inspect
from functools import cache
from typing import Any, ClassVar

from lawful.verify.candidates.follower import Follower, said
from lawful.verify.language.schedule import Values
from lawful.verify.language.schedules import find_schedule, is_schedule

BEGIN = "init_scale"
"""The argument for the first scale."""

GROUP = "process_group"
"""That for the processes that share the work."""


class Scaler(Follower):
    """What makes a scaler."""

    kind: ClassVar[str] = "scaler"
    sets: ClassVar[str] = "scale"
    given: ClassVar[tuple[str, ...]] = ("device", "enabled", BEGIN, GROUP)

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

    @property
    def shares(self) -> bool:
        """Whether it is given the processes that share the work."""
        return GROUP in said(self.cls)

    def told(self, begin: float) -> dict[str, Any]:
        """What it is told besides hyperparameters, of what it takes."""
        group = {GROUP: processes()} if self.shares else {}
        return {n: v for n, v in {"device": "cpu", BEGIN: begin, **group}.items() if n in said(self.cls)}

    def constructed(self, values: Values, begin: float) -> str:
        """Its construction in words, as code."""
        told = {n: v for n, v in self.told(begin).items() if n != GROUP} | self.spoken(values)
        group = [f"{GROUP}=torch.distributed.group.WORLD"] if self.shares else []
        return f"{self.cls.__name__}({', '.join([*(f'{n}={v!r}' for n, v in told.items()), *group])})"


def processes() -> Any:
    """The processes that share the work: those of the default group, or this one alone."""
    import torch.distributed as dist

    return dist.group.WORLD if dist.is_initialized() else _alone()


@cache
def _alone() -> Any:
    """A group of this process that torch does not know of: what is asked finds no other group than its users have."""
    from torch._C._distributed_c10d import HashStore
    from torch.distributed import ProcessGroupGloo

    gloo: Any = ProcessGroupGloo
    options = gloo._Options()
    options._devices = [gloo.create_device(hostname="127.0.0.1")]
    return gloo(HashStore(), 0, 1, options)
