"""Optimizers that are objects of Python, whose attributes are all that they keep."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lawful.verify.candidates.protocol import Array


@dataclass
class Holding:
    """An optimizer that is made without parameters, and saved and loaded whole."""

    optimizer: Any

    @classmethod
    def begin(cls, make: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> Self:
        """The optimizer before its first step."""
        return cls(make(**arguments))

    def save(self) -> Any:
        """All that the optimizer holds."""
        return copy.deepcopy(vars(self.optimizer))

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        vars(self.optimizer).update(copy.deepcopy(saved))
