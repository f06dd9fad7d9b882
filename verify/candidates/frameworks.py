"""The frameworks whose optimizers can be asked: the adapters in modules of `lawful.verify.candidates.adapters`, and
those of the entry points `lawful.adapters`, so that adding one is one file.
"""

import inspect
import os
from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from lawful.verify.candidates.adapter import TORCH, Adapter, Rates
from lawful.verify.candidates.adapting import adapted
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.shell import Shell, shelled
from lawful.verify.errors import Unanswerable
from lawful.verify.package import modules

OF = "adapter"
"""The attribute of a shell's class in which its adapter stands."""


@cache
def adapters() -> Mapping[str, Adapter]:
    """Every adapter but torch's, by the name of its module or entry point."""
    found = {
        value.name: value
        for module in modules("lawful.verify.candidates.adapters")
        for value in vars(module).values()
        if isinstance(value, Adapter)
    }
    for entry in entry_points(group="lawful.adapters"):
        found[entry.name] = entry.load()
    return MappingProxyType(found)


def classed(found: Any, target: str) -> type:
    """What a target names, as a class in the manner of torch's.

    Raises:
        Unanswerable: it is no optimizer, of no framework that is known here.
    """
    found = _named(found, target)
    adapter = _owner(found)
    if adapter is None or adapter.maker is None:
        return adapted(found, target)
    return _of(adapter, shelled(adapter.maker(found)))


def _owner(found: Any) -> Adapter | None:
    """The adapter of the framework that something is of, else one that takes what is of none."""
    there = adapters().values()
    owning = (adapter for adapter in there if adapter.owns(found))
    taking = (adapter for adapter in there if adapter.takes is not None and adapter.takes(found))
    return next(owning, None) or next(taking, None)


def _named(found: Any, target: str) -> Any:
    """A function with some of its arguments fixed, called as the target calls it, and from where the function is."""
    if not isinstance(found, partial) or hasattr(found, "__name__"):
        return found
    known = {"__name__": name_of(target), "__module__": found.func.__module__, "__doc__": found.func.__doc__}
    named = partial(found)
    vars(named).update(known)
    return named


def drives(found: Any) -> bool:
    """Whether a framework's adapter makes an optimizer of it: something of its own that takes a learning rate."""
    made = isinstance(found, type) or inspect.isfunction(found)
    return (
        made
        and found.__name__ not in BASES
        and any(_drives(adapter, found) for adapter in adapters().values())
    )


def rates_of(found: Any) -> Rates | None:
    """How something is called that makes a function of the steps, of a framework; None if it makes none."""
    made = isinstance(found, type) or inspect.isfunction(found)
    owning = (adapter for adapter in adapters().values() if made and adapter.owns(found))
    return next((rates for adapter in owning if (rates := adapter.rates(found))), None)


BASES = ("Optimizer", "BaseOptimizer")
"""What frameworks call the class from which their optimizers inherit."""


def _drives(adapter: Adapter, found: Any) -> bool:
    if adapter.maker is None or not adapter.owns(found):
        return False
    try:
        taken = {p.name for p in adapter.maker(found).arguments}
    except (TypeError, ValueError, Unanswerable):
        return False
    return bool(taken & {*adapter.called("lr")})


def _of(adapter: Adapter, cls: type[Shell]) -> type:
    setattr(cls, OF, adapter)
    return cls


def adapter_of(cls: type) -> Adapter:
    """The adapter of a class that `classed` has given."""
    found: Adapter = getattr(cls, OF, TORCH)
    return found


def installed_by(module: str) -> str:
    """How the framework is installed whose module this is, as a hint; "" for modules of others."""
    top = module.partition(".")[0]
    found = (a.extra for a in adapters().values() if top in (root.partition(".")[0] for root in a.roots))
    extra = next(filter(None, found), "")
    return f"pip install 'lawful[{extra}]' brings it" if extra else ""


def prepared(place: str) -> None:
    """Sets what a framework wants in the environment before the module at a place is imported, if it is one of its."""
    for adapter in adapters().values():
        if place.partition(".")[0] in adapter.roots:
            for name, value in adapter.environment.items():
                os.environ.setdefault(name, value)
