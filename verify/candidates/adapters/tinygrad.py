"""tinygrad: optimizers of tensors, made by functions and classes that are called with them as torch's are."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered
from lawful.verify.errors import Unanswerable

PARAMS, RATE = "params", "lr"
PLACES = ("device", "fused")
"""Arguments that say where and how it runs."""


@dataclass
class Driven:
    """An optimizer at work on tensors of its own, which are set to the parameters before a step where these are others
    than it left there."""

    optimizer: Any
    held: list[Any]
    last: list[Array]

    @classmethod
    def begin(cls, make: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        from tinygrad.helpers import PARALLEL

        PARALLEL.value = 0  # kernels are compiled here, by no pool of processes that would outlive the check
        held = [_tensor(p) for p in parameters]
        return cls(make(held, **arguments), held, [p.copy() for p in parameters])

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        from tinygrad import Tensor
        from tinygrad.helpers import Context

        if any(g is None for g in gradients):
            raise NotOffered("tinygrad takes a gradient for every parameter")
        slopes = [_unrealized(g) for g in gradients]
        moved = [
            own.assign(_unrealized(p))
            for own, p, last in zip(self.held, parameters, self.last, strict=True)
            if not np.array_equal(p, last)
        ]
        Tensor.realize(*slopes, *moved)  # at once: to schedule them takes longer than to compute them
        for own, slope in zip(self.held, slopes, strict=True):
            own.grad = slope
        with Context(TRAINING=1):
            self.optimizer.step()
        self.last = [_array(own, p) for own, p in zip(self.held, parameters, strict=True)]
        return [p.copy() for p in self.last]

    def set(self, name: str, value: float) -> None:
        """The learning rate, in the tensor that holds it."""
        from tinygrad import Tensor

        rate = self.optimizer.lr
        rate.assign(Tensor([value], dtype=rate.dtype, device=rate.device)).realize()

    def save(self) -> Any:
        """The tensors that it holds besides the parameters."""
        return {name: tensor.numpy() for name, tensor in self._state().items()}

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        for name, tensor in self._state().items():
            tensor.assign(_tensor(saved[name])).realize()

    def _state(self) -> dict[str, Any]:
        from tinygrad.nn.state import get_state_dict

        own = {id(tensor) for tensor in self.held}
        return {n: tensor for n, tensor in get_state_dict(self.optimizer).items() if id(tensor) not in own}


def _tensor(array: Any) -> Any:
    """An array of numpy, which does not know tinygrad's bfloat16, as a tensor; learning rates are of one dimension, and
    so are parameters at least."""
    return _unrealized(array).realize()


def _unrealized(array: Any) -> Any:
    from tinygrad import Tensor

    given = array.reshape(array.shape or (1,))
    if given.dtype.name == "bfloat16":
        return Tensor(given.astype(np.float32)).cast("bfloat16")
    return Tensor(given.copy())


def _array(tensor: Any, like: Array) -> Array:
    """A tensor as an array like another."""
    low = like.dtype.name == "bfloat16"
    array: Array = tensor.float().numpy().astype(like.dtype) if low else tensor.numpy()
    return array.reshape(like.shape)


def maker(found: Any) -> Maker:
    """A class of optimizers, or a function that makes one of parameters.

    Raises:
        Unanswerable: there is no device to run on.
    """
    from tinygrad import Device

    try:
        _ = Device.DEFAULT
    except RuntimeError as error:
        raise Unanswerable(f"tinygrad: {error}; the CPU's wants clang, DEV=PYTHON wants none.") from error
    taken = [p for n, p in inspect.signature(found).parameters.items() if n not in (PARAMS, *PLACES)]
    return Maker.of(found, taken, Driven.begin, {RATE})


def script(inputs: Inputs) -> list[str]:
    """tinygrad alone."""
    return [
        "from tinygrad import Tensor",
        "from tinygrad.helpers import Context",
        *inputs.imported,
        "",
        f"x = [Tensor(values, dtype={inputs.dtype!r}).realize() for values in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(x, **{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.lr.assign(Tensor([value], dtype=optimizer.lr.dtype)).realize()",
        "    for own, slope in zip(x, gradients):",
        f"        own.grad = Tensor(slope, dtype={inputs.dtype!r})",
        "    with Context(TRAINING=1):",
        "        optimizer.step()",
        f"value = float(x[{inputs.tensor}].float().numpy()[{inputs.lane!r}])",
    ]


TINYGRAD = Adapter(
    name="tinygrad",
    extra="tinygrad",
    roots=("tinygrad",),
    words={**TORCH.words, "beta1": ("b1",), "beta2": ("b2",)},
    hints=TORCH.hints,
    given="params",
    maker=maker,
    script=script,
)
"""`tinygrad.nn.optim:AdamW` and the others there, on tinygrad's default device (`DEV`)."""
