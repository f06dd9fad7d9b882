"""A shell: an optimizer of any framework in the shape of torch's, so that one machinery drives them all.

It holds tensors and a group; the optimizer within sees their memory as arrays of numpy, and its values are put back.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from lawful.verify.candidates.protocol import Array, Maker, NotOffered


class Shell:
    """The class of what a maker makes; `shelled` derives one for each maker."""

    maker: ClassVar[Maker]

    def __init__(self, params: Iterable[Any], **arguments: Any) -> None:
        """Begins, with the first values of the parameters.

        Raises:
            TypeError: there are several groups, or a parameter whose dtype has no array.
        """
        self._parameters = _members(list(params))
        known = {p.name: p.default for p in self.maker.arguments} | arguments
        self._told = {name: value for name, value in known.items() if name in self.maker.settable}
        self.param_groups = [{"params": self._parameters, **self._told}]
        self.state: dict[Tensor, Any] = {}
        self.inner = self.maker.begin(self._values(), arguments)

    def step(self) -> None:
        """A step, with what has been set in the group since the last one.

        Raises:
            TypeError, ValueError: what comes back is no new value of every parameter.
        """
        self._set({name: self.param_groups[0][name] for name in self._told})
        gradients = [None if p.grad is None else as_array(p.grad.detach()) for p in self._parameters]
        after = list(self.inner.step(self._values(), gradients))
        for p, value in zip(self._parameters, _fitting(after, self._parameters), strict=True):
            p.detach().copy_(value)

    def _values(self) -> list[Array]:
        return [as_array(p.detach()) for p in self._parameters]

    def _set(self, held: Mapping[str, Any]) -> None:
        for name, value in held.items():
            if value != self._told[name]:
                self._offered("set")(name, value)
                self._told[name] = value

    def zero_grad(self) -> None:
        """Takes the gradients away."""
        for p in self._parameters:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """What is saved, and what the group holds.

        Raises:
            NotOffered: it cannot be saved.
        """
        return {"saved": self._offered("save")(), "held": dict(self._told)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from what was saved.

        Raises:
            NotOffered: it cannot be loaded.
        """
        self._offered("load")(state["saved"])
        self.param_groups[0].update(state["held"])

    def _offered(self, name: str) -> Any:
        found = getattr(self.inner, name, None)
        if found is None:
            raise NotOffered(f"it offers no {name}")
        return found


def shelled(maker: Maker) -> type[Shell]:
    """The class of what a maker makes, constructed with parameters as torch's are."""
    params = inspect.Parameter("params", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = [p.replace(kind=p.KEYWORD_ONLY) for p in maker.arguments]
    said = {
        "__module__": maker.module,
        "__doc__": maker.doc,
        "__signature__": inspect.Signature([params, *own]),
        "maker": maker,
    }
    return type(maker.name, (Shell,), said)


def _members(params: list[Any]) -> list[Tensor]:
    """The parameters of the one group that there is."""
    if not params or isinstance(params[0], Tensor):
        return params
    if len(params) > 1:
        raise TypeError("all parameters have the same hyperparameters: it takes one group")
    return list(params[0]["params"])


def as_array(tensor: Tensor) -> Array:
    """The memory of a tensor as an array.

    Raises:
        TypeError: numpy has no such numbers, and ml_dtypes is not installed.
    """
    if tensor.dtype is torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(_bfloat16())
    array: Array = tensor.numpy()
    return array


def _bfloat16() -> Any:
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        raise TypeError("arrays of bfloat16 need ml_dtypes, which is not installed") from None
    return bfloat16


def as_tensor(array: Any) -> Tensor:
    """An array's numbers as a tensor of its own memory."""
    array = np.array(array)  # what a framework keeps for itself may be read-only, or changed later
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def _fitting(after: Sequence[Any], parameters: Sequence[Tensor]) -> list[Tensor]:
    """What came back, as tensors like the parameters."""
    if len(after) != len(parameters):
        raise ValueError(f"of {len(parameters)} parameters, {len(after)} come back")
    found = list(map(as_tensor, after))
    for number, (value, p) in enumerate(zip(found, parameters, strict=True), 1):
        if (value.shape, value.dtype) != (p.shape, p.dtype):
            gave, back = (
                f"{str(t.dtype).removeprefix('torch.')} of shape {tuple(t.shape)}" for t in (p, value)
            )
            raise TypeError(f"parameter {number} is {gave} and comes back as {back}")
    return found
