"""An average of a model's weights under test: a class made of a model, or a function that makes what `AveragedModel`
is given to average with.
"""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from sympy import Symbol
from torch import Tensor
from torch.nn import Module
from torch.optim.swa_utils import AveragedModel

from lawful.verify.candidates.piece import Piece
from lawful.verify.errors import Unanswerable

UPDATES = ("update_parameters", "update", "step")
"""How a class may call what is done after each step of the optimizer."""


class Averager(Piece):
    """An average of weights, with the rule that it claims."""

    kind: ClassVar[str] = "average"
    what: ClassVar[str] = "averaged"
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "ema_decay": ("decay", "beta"),
        "inv_gamma": ("warmup_gamma",),
        "ema_power": ("power", "warmup_power"),
    }
    given: ClassVar[tuple[str, ...]] = ("device", "avg_fn", "multi_avg_fn", "use_buffers")

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is an average: by what is said of it, by its name, or since it has what updates one."""
        updates = isinstance(maker, type) and any(
            callable(getattr(maker, name, None)) for name in UPDATES[:2]
        )
        alike = not rule and updates and not hasattr(maker, "step")
        return not passes(maker) and (alike or super().takes(maker, rule))

    @property
    def whole(self) -> bool:
        """Whether it is what keeps the average, and not the function that it averages with."""
        return isinstance(self.cls, type)

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """The arguments of which a rule may speak: of a class, those after the model."""
        found = super().taken(maker)
        return dict(list(found.items())[1:]) if isinstance(maker, type) else found

    @property
    def switches_buffers(self) -> bool:
        """Whether it can be told to average buffers too."""
        return not self.whole or "use_buffers" in inspect.signature(self.cls).parameters

    def make(self, model: Module, values: Mapping[Symbol, float], buffers: bool = False) -> Any:
        """An average of this model."""
        arguments = self.spoken(values)
        if not self.whole:
            averages = {_taking(self.cls(**arguments)): self.cls(**arguments)}
            return AveragedModel(model, use_buffers=buffers, **averages)
        more = {"use_buffers": True} if buffers else {}
        return self.cls(_as_wanted(self.cls, model), **arguments, **more)

    def update(self, made: Any, model: Module) -> None:
        """What is done after a step of the optimizer."""
        update = getattr(made, self.method)
        update(_as_wanted(update, model))

    @property
    def method(self) -> str:
        """What an update is called.

        Raises:
            Unanswerable: it has none.
        """
        of = self.cls if self.whole else AveragedModel
        if found := [name for name in UPDATES if callable(getattr(of, name, None))]:
            return found[0]
        raise Unanswerable(
            f"{of.__name__} has no {' and no '.join(UPDATES)}, which an average is told of weights by."
        )

    def argument(self, values: Mapping[Symbol, float]) -> str:
        """What `AveragedModel` calls the function that this one makes."""
        return _taking(self.cls(**self.spoken(values)))


def passes(maker: Any) -> bool:
    """Whether something makes a pass over data."""
    try:
        return "loader" in inspect.signature(maker).parameters
    except (TypeError, ValueError):
        return False


def _as_wanted(of: Any, model: Module) -> Any:
    """The model, or its parameters where these are asked for."""
    first = next(iter(inspect.signature(of).parameters), "")
    return list(model.parameters()) if first.startswith("param") else model


def _taking(averaging: Any) -> str:
    """The argument that takes a function that averages: lists of tensors in place, or tensors."""
    ones = [torch.ones(1)]
    try:
        return "multi_avg_fn" if averaging(ones, ones, 1) is None else "avg_fn"
    except Exception:
        return "avg_fn"


def kept(made: Any, model: Module) -> dict[str, Tensor]:
    """Each parameter and buffer of the model by name, as the average has it.

    Raises:
        Unanswerable: nothing in it looks like the model or its parameters.
    """
    inner = dict(made.named_children()) if isinstance(made, Module) else vars(made)
    for value in inner.values():
        if isinstance(value, Module) and value is not model:
            own = [*value.named_parameters(), *value.named_buffers()]
            return {name: tensor.detach() for name, tensor in own}
    for value in inner.values():
        held: Any = list(value.values()) if isinstance(value, Mapping) else value
        if _shapes(held) == _shapes(list(model.parameters())):
            return dict(zip(dict(model.named_parameters()), (t.detach() for t in held), strict=True))
    raise Unanswerable(f"{type(made).__name__} keeps no average that looks like the model.")


def _shapes(held: Any) -> list[Any]:
    return [getattr(each, "shape", None) for each in held] if isinstance(held, list | tuple) else []
