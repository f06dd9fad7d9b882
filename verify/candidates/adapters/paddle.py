"""PaddlePaddle: optimizers of parameters that hold their gradients, on the CPU."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.bfloat16 import NAME, format_of, kept, narrowed, widened
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker

PARAMETERS, RATE = "parameters", "learning_rate"


@dataclass
class Driven:
    """An optimizer at work on parameters of its own, which are set before each step.

    Args:
        optimizer: of these parameters.
        held: the parameters.
    """

    optimizer: Any
    held: list[Any]

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        import paddle

        paddle.set_device("cpu")
        zeros = paddle.nn.initializer.Constant(0.0)  # there is no other beginning in bfloat16
        held = [
            paddle.create_parameter(list(p.shape), p.dtype.name, default_initializer=zeros)
            for p in parameters
        ]
        return cls(kind(parameters=held, **arguments), held)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step; one whose gradient is not there has none."""
        for own, p, g in zip(self.held, parameters, gradients, strict=True):
            own.set_value(_tensor(p))
            own.grad = None if g is None else _tensor(g)
        self.optimizer.step()
        return [_array(own, p) for own, p in zip(self.held, parameters, strict=True)]

    def set(self, name: str, value: float) -> None:
        """The learning rate."""
        self.optimizer.set_lr(value)

    def save(self) -> Any:
        """Its state, as arrays, in which each parameter, whose name no other has, goes by its number."""
        numbered = {p.name: str(i) for i, p in enumerate(self.held)}
        state = self.optimizer.state_dict()
        return {
            _renamed(name, numbered): kept(_plain(v), format_of(v)) if hasattr(v, "numpy") else v
            for name, v in state.items()
        }

    def load(self, saved: Any) -> None:
        """The same, under the names of these parameters."""
        own = {str(i): p.name for i, p in enumerate(self.held)}
        state = {
            _renamed(name, own): _tensor(v) if isinstance(v, np.ndarray) else v for name, v in saved.items()
        }
        self.optimizer.set_state_dict(state)


def _renamed(name: str, own: Mapping[str, str]) -> str:
    """A name that begins with one parameter's, with another's."""
    theirs = max((n for n in own if name.startswith(f"{n}_")), key=len, default="")
    return own[theirs] + name.removeprefix(theirs) if theirs else name


def _tensor(array: Array) -> Any:
    """An array as a tensor, whose bfloat16 numpy does not know but through float32."""
    import paddle

    return paddle.to_tensor(widened(array)).astype(array.dtype.name)


def _plain(tensor: Any) -> Array:
    low = format_of(tensor) == NAME
    array: Array = (tensor.astype("float32") if low else tensor).numpy()
    return array.copy()


def _array(tensor: Any, like: Array) -> Array:
    """A tensor as an array, in its own format."""
    return narrowed(_plain(tensor), format_of(tensor), like)


def maker(found: Any) -> Maker:
    """A class of optimizers."""
    taken = [p for name, p in inspect.signature(found).parameters.items() if name != PARAMETERS]
    return Maker.of(found, taken, Driven.begin, {RATE})


def script(inputs: Inputs) -> list[str]:
    """PaddlePaddle alone."""
    return [
        "import paddle",
        *inputs.imported,
        "",
        'paddle.set_device("cpu")',
        f"first = [paddle.to_tensor(values, dtype={inputs.dtype!r}) for values in {inputs.first!r}]",
        f"x = [paddle.create_parameter(list(v.shape), {inputs.dtype!r}) for v in first]",
        "for own, value in zip(x, first):",
        "    own.set_value(value)",
        f"optimizer = {name_of(inputs.target)}(parameters=x, **{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.set_lr(value)",
        "    for own, slope in zip(x, gradients):",
        f"        own.grad = paddle.to_tensor(slope, dtype={inputs.dtype!r})",
        "    optimizer.step()",
        f'value = float(x[{inputs.tensor}].astype("float64").numpy()[{inputs.lane!r}])',
    ]


PADDLE = Adapter(
    name="paddle",
    extra="paddle",
    roots=("paddle",),
    words={
        **TORCH.words,
        "lr": (RATE,),
        "eps": ("epsilon",),
        "alpha": ("rho",),
        "weight_decay": ("lamb_weight_decay", "coeff"),
        "nesterov": ("use_nesterov",),
        "step_sizes": ("learning_rate_range",),
    },
    hints=TORCH.hints,
    given="parameters=params",
    maker=maker,
    script=script,
)
"""`paddle.optimizer:AdamW` and the others there, and classes that inherit from them."""
