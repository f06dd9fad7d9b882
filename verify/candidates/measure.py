"""A function under test that measures gradients and clips none: it is given tensors, and gives their norm back."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sympy import Symbol
from torch import Tensor

from lawful.verify.candidates.clip import OfNorms

TENSORS = ("tensors", "gradients", "grads")
"""What such a function calls its first argument."""


def measures(maker: Any) -> bool:
    """Whether a function is given tensors, where a clip is given parameters."""
    try:
        return next(iter(inspect.signature(maker).parameters), "") in TENSORS
    except (TypeError, ValueError):
        return False


class Measure(OfNorms):
    """What gives back the norm by which a clip over all parameters divides."""

    kind: ClassVar[str] = "norm"

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is one: by what is said of it, or by its name, and by what it is given."""
        return measures(maker) and super().takes(maker, rule)

    @property
    def bound(self) -> dict[Symbol, str]:
        """Nothing: a norm has no hyperparameters."""
        return {}

    def settings(self) -> Iterator[dict[Symbol, float]]:
        """The defaults: none of them matters."""
        yield {s: float(self.followed.defaults[s]) for s in self.followed.hyperparameters}

    def call(
        self, tensors: Sequence[Tensor], path: Mapping[str, Any], order: float = 2.0, **more: Any
    ) -> Any:
        """The norm of tensors."""
        return self.cls(tensors, **{**self.arguments, **path, **self.ordering(order), **more})
