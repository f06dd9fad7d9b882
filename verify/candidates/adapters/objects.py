"""Objects that step torch's tensors and are no `torch.optim.Optimizer`: made of parameters, as courses write them."""

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker
from lawful.verify.candidates.shell import as_array, as_tensor


@dataclass
class Driven:
    """An object at work on tensors of its own, which are set to the parameters before each step."""

    optimizer: Any
    held: list[Tensor]

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The object before its first step."""
        held = [as_tensor(p).requires_grad_() for p in parameters]
        return cls(kind(list(held), **arguments), held)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step."""
        for own, p, g in zip(self.held, parameters, gradients, strict=True):
            own.detach().copy_(as_tensor(p))
            own.grad = None if g is None else as_tensor(g)
        self.optimizer.step()
        return [as_array(own.detach()) for own in self.held]

    def set(self, name: str, value: Any) -> None:
        """The attribute of an argument's name."""
        setattr(self.optimizer, name, value)

    def save(self) -> Any:
        """The object and its tensors."""
        return copy.deepcopy((self.optimizer, self.held))

    def load(self, saved: Any) -> None:
        """The same, in the place of these."""
        self.optimizer, self.held = copy.deepcopy(saved)


def takes(found: Any) -> bool:
    """Whether it is a class whose objects step a list of tensors and hold no groups of them.

    An optimizer of torch's is never made here: its first object leaves hooks on its class.
    """
    if not isinstance(found, type) or torch.optim.Optimizer in found.__mro__:
        return False
    if not callable(getattr(found, "step", None)):
        return False
    try:
        return not hasattr(_made(found), "param_groups")
    except Exception:
        return False


@lru_cache(maxsize=64)
def _made(found: Any) -> Any:
    """An object that has made a step on one weight; made once, for what is asked of it changes nothing."""
    begun = Driven.begin(found, [as_array(torch.ones(1))], {})
    begun.step([as_array(torch.ones(1))], [as_array(torch.ones(1))])
    return begun.optimizer


def maker(found: Any) -> Maker:
    """A class of such objects; what is an attribute as well as an argument can be set."""
    _, *taken = inspect.signature(found).parameters.values()
    made = _made(found)
    return Maker.of(found, taken, Driven.begin, {p.name for p in taken if hasattr(made, p.name)})


def script(inputs: Inputs) -> list[str]:
    """torch alone."""
    return [
        "import torch",
        *inputs.imported,
        "",
        f"x = [torch.tensor(v, dtype=torch.{inputs.dtype}, requires_grad=True) for v in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(x, **{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        setattr(optimizer, name, value)",
        "    for p, g in zip(x, gradients):",
        "        p.grad = torch.tensor(g, dtype=p.dtype)",
        "    optimizer.step()",
        f"value = x[{inputs.tensor}][{inputs.lane!r}].item()",
    ]


OBJECTS = Adapter(
    name="objects",
    words=TORCH.words,
    hints=TORCH.hints,
    takes=takes,
    maker=maker,
    given="params",
    script=script,
)
"""Classes of nobody's framework."""
