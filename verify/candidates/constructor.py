"""A constructor as its signature tells it: which arguments there are, and which of them is meant by a rule's word."""

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lawful.verify.candidates.adapter import Adapter
from lawful.verify.errors import Unanswerable


@dataclass(frozen=True)
class Constructor:
    """A class's constructor.

    Args:
        cls: the class.
        adapter: the words and flags of its framework.
    """

    cls: type
    adapter: Adapter

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its parameters, without self and the optimized parameters.

        Raises:
            Unanswerable: it has no signature that Python can read.
        """
        try:
            everything = list(inspect.signature(self.cls).parameters.values())
        except (TypeError, ValueError) as error:
            raise Unanswerable(f"{self.cls.__name__} has no readable signature: {error}.") from error
        return {p.name: p for p in everything[1:] if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}

    def default(self, name: str) -> Any:
        """The default of an argument; `inspect.Parameter.empty` if it is required."""
        return self.parameters[name].default

    @property
    def required(self) -> list[str]:
        """The arguments without a default."""
        return [name for name, p in self.parameters.items() if p.default is p.empty]

    def meant(self, word: str) -> str | None:
        """The argument that is called by a rule's word, or by another for the same."""
        return next((n for n in (word, *self.adapter.words.get(word, ())) if n in self.parameters), None)

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
