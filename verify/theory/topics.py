"""Topics: a module of a catalogue is one, named as its file is; its docstring's first paragraph is the title."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from lawful.verify.errors import unknown
from lawful.verify.package import modules


@dataclass(frozen=True)
class Topic:
    """What a file of a catalogue holds.

    Attributes:
        name: the file's.
        title: what it is about.
        members: name → what it holds, in its order.
    """

    name: str
    title: str
    members: Mapping[str, Any]


@cache
def topics(package: str, kind: type) -> Mapping[str, Topic]:
    """Every topic of a catalogue with the objects of a kind, by name."""
    found = {}
    for module in modules(package):
        name = module.__name__.rpartition(".")[2]
        members = {key: value for key, value in vars(module).items() if isinstance(value, kind)}
        if members:
            title = " ".join((module.__doc__ or "").strip().partition("\n\n")[0].split()).rstrip(".")
            found[name] = Topic(name, title, MappingProxyType(members))
    return MappingProxyType(found)


def find_topic(package: str, kind: type, name: str) -> Topic:
    """The topic with this name; `-` and `_` are the same.

    Raises:
        Unanswerable: there is none; the nearest names are given.
    """
    found: Topic = by_name("topic", topics(package, kind), name)
    return found


def by_name(what: str, known: Mapping[str, Any], name: str) -> Any:
    """What is known by this name; `-` and `_` are the same.

    Raises:
        Unanswerable: nothing is; `what` says of which kind, and the nearest names are given.
    """
    asked = name.strip().lower().replace("-", "_")
    if asked not in known:
        raise unknown(what, name, known, f"lawful {what}s")
    return known[asked]
