"""What is asked of an optimizer of any framework: it takes arrays to arrays.

Whoever drives it holds the parameters: they go into every step, and come out of it.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]
"""float64, float32 or float16 of numpy, or bfloat16 of ml_dtypes."""


class Optimizer(Protocol):
    """An optimizer at work on a list of parameters.

    It may have more: `set(name, value)`, to be called between steps for an argument of its maker's `settable`;
    `save()`, what a later one needs to go on, and `load(saved)`, to go on from there.
    """

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> Sequence[Array]:
        """The parameters after a step; in place or not, in the same order. None is a gradient that is not there.

        Raises:
            ValueError, TypeError, NotImplementedError: it refuses.
        """


@dataclass(frozen=True)
class Maker:
    """What a target of a framework is: what makes an optimizer of parameters.

    Attributes:
        name: what it is called, by which it may claim a rule.
        arguments: what it takes besides parameters.
        begin: (first parameters, arguments by name) → an optimizer that has made no step.
        settable: the arguments that can be set between steps.
        module: where it was found; "" for no module of Python.
        doc: its documentation.
        files: the files in which it stands, where it is no Python.
    """

    name: str
    arguments: Sequence[inspect.Parameter]
    begin: Callable[[list[Array], Mapping[str, Any]], Optimizer]
    settable: frozenset[str] = frozenset()
    module: str = ""
    doc: str = ""
    files: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        found: Any,
        arguments: Iterable[inspect.Parameter],
        begin: Callable[[Any, list[Array], Mapping[str, Any]], Optimizer],
        settable: Iterable[str],
        name: str = "",
    ) -> "Maker":
        """A class or a function that makes optimizers: begun as `begin(found, first parameters, arguments)`, and called
        as it calls itself, or by another name."""
        called, doc = name or found.__name__, found.__doc__ or ""
        return cls(called, list(arguments), partial(begin, found), frozenset(settable), found.__module__, doc)


class NotOffered(Exception):
    """Something was asked that this framework has not, or this optimizer; the message says what."""
