"""Reference optimizers: one module and one class per rule, found by scanning this package.

`available()` maps every module's name to its class; `from lawful.optimizers import AdamW` imports one alone. Which code
each was checked against, and which numbers of algorithms are from memory, is in its rule: `lawful rules adamw`.
`lawful.optimizers.decay` has what one needs beside them: groups, timescales and schedules of weight decay.

May import: nothing of ours.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lawful.optimizers._base import ForeachOptimizer


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(m.name for m in iter_modules(__path__) if not (m.ispkg or m.name.startswith("_"))))


@cache
def _load(name: str) -> type[ForeachOptimizer]:
    """The one optimizer class that the module `name` defines."""
    from lawful.optimizers._base import ForeachOptimizer

    module = import_module(f"{__name__}.{name}")
    own = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
    (optimizer,) = [c for c in own if issubclass(c, ForeachOptimizer)]
    return optimizer


def available() -> dict[str, type[ForeachOptimizer]]:
    """Every reference optimizer by the name of its rule, which is the name of its module."""
    return {name: _load(name) for name in _names()}


def __getattr__(name: str) -> type[ForeachOptimizer]:
    for module in _names():
        if module.replace("_", "") == name.lower() and _load(module).__name__ == name:
            return _load(module)
    raise AttributeError(f"{__name__} has no optimizer {name!r}; it has the rules {', '.join(_names())}")


def __dir__() -> list[str]:
    return [*globals(), *(optimizer.__name__ for optimizer in available().values())]
