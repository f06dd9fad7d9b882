"""A constructor as its signature tells it: which arguments there are, and which of them is meant by a rule's word."""

import inspect
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf
from typing import Any

from torch.optim.optimizer import required

from lawful.verify.candidates.adapter import Adapter
from lawful.verify.candidates.signature import Handed, parameters


@dataclass(frozen=True)
class Constructor:
    """A class's constructor.

    Args:
        cls: the class.
        adapter: the words and flags of its framework.
        handed: the arguments that are given and are classes, to which it may hand on the others.
    """

    cls: type
    adapter: Adapter
    handed: Handed = ()

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its parameters, without self and the optimized parameters, and those that it hands on.

        Raises:
            Unanswerable: it has no signature that Python can read.
        """
        return parameters(self.cls, self.handed)

    def default(self, name: str) -> Any:
        """The default of an argument; `inspect.Parameter.empty` if it is required."""
        return self.parameters[name].default

    def offers_none(self, name: str) -> bool:
        """Whether None may be given for an argument, or in its tuple: its default, its annotation or its documentation
        says so."""
        parameter = self.parameters[name]
        default, annotation = parameter.default, str(parameter.annotation)
        if default is None or (isinstance(default, tuple | list) and None in default):
            return True
        documented = (self.cls, vars(self.cls).get("__init__"))
        lines = "\n".join(inspect.getdoc(each) or "" for each in documented).splitlines()
        said = any("None" in line and re.search(rf"\b{name}\b", line) for line in lines)
        return said or "None" in annotation or "Optional" in annotation

    def knows(self, word: str) -> bool:
        """Whether a word stands in the modules of the class or of those that it inherits from; where its own cannot be
        read, any may."""
        own, *others = ("".join(map(_source, _modules(cls))) for cls in self.cls.__mro__)
        return not own or any(word in text for text in (own, *others))

    @property
    def required(self) -> list[str]:
        """The arguments without a default, or with the one by which torch says that."""
        return [n for n, p in self.parameters.items() if p.default is p.empty or p.default is required]

    def meant(self, word: str) -> str | None:
        """The argument that is called by a rule's word, or by another for the same."""
        return next((n for n in self.adapter.called(word) if n in self.parameters), None)

    def number(self, word: str) -> str | None:
        """The argument that holds a hyperparameter; a switch of the same name is something else."""
        found = self.meant(word)
        return None if found is None or isinstance(self.default(found), bool) else found

    def is_flag(self, name: str) -> bool:
        """Whether an argument may be a switch: True or False, or None for either."""
        return isinstance(self.default(name), bool) or self.default(name) is None

    @cached_property
    def paths(self) -> dict[str, dict[str, Any]]:
        """Ways to run → the arguments that choose them; `loop` first, or `default` where none is named."""
        flags = [f for f in self.adapter.paths if f in self.parameters and self.is_flag(f)]
        plain = {f: False for f in flags if f in self.adapter.plain}
        first = "loop" if "foreach" in plain else "default"
        rest = {f: {**{k: v for k, v in plain.items() if k != f and f != "foreach"}, f: True} for f in flags}
        return {first: plain, **rest}


def off(default: Any) -> tuple[Any, ...]:
    """The values at which an argument may be off, which is on at its default."""
    if isinstance(default, bool):
        return (False,) if default else ()
    return (None, 0.0, inf) if isinstance(default, int | float) and default else ()


def _modules(cls: type) -> Iterable[str]:
    """Of a class and of its functions, for a class may be given out as another module's."""
    functions = (value for value in vars(cls).values() if inspect.isfunction(value))
    return dict.fromkeys(each.__module__ for each in (cls, *functions))


@lru_cache(maxsize=256)
def _source(module: str) -> str:
    """Of a module that is loaded; "" where it cannot be read."""
    try:
        return inspect.getsource(sys.modules[module])
    except (KeyError, OSError, TypeError):
        return ""
