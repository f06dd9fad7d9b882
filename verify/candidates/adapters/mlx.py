"""MLX: optimizers of trees of arrays, run on the CPU, where alone MLX has float64."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.bfloat16 import format_of, kept, narrowed, widened
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker

RATE = "learning_rate"


@dataclass
class Driven:
    """An optimizer at work on a tree: each parameter stands there under its number."""

    optimizer: Any

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        import mlx.core as mx

        with mx.stream(mx.cpu):
            made = kind(**arguments)
            made.init(_tree(parameters))
        return cls(made)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step. One whose gradient is not there is not in the tree of gradients."""
        import mlx.core as mx

        with mx.stream(mx.cpu):
            after = self.optimizer.apply_gradients(_tree(gradients), _tree(parameters))
            mx.eval(after, self.optimizer.state)
            return [_numbers(after[str(i)], p) if str(i) in after else p for i, p in enumerate(parameters)]

    def set(self, name: str, value: float) -> None:
        """The learning rate."""
        self.optimizer.learning_rate = value

    def save(self) -> Any:
        """The tree of its state, as arrays of numpy: MLX's own pickles of float64 are of float32."""
        from mlx.utils import tree_flatten

        return {place: kept(_plain(a), format_of(a)) for place, a in tree_flatten(self.optimizer.state)}

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        import mlx.core as mx
        from mlx.utils import tree_unflatten

        with mx.stream(mx.cpu):
            held = [(p, mx.array(widened(a), getattr(mx, a.dtype.name))) for p, a in saved.items()]
            self.optimizer.state = tree_unflatten(held)


def _tree(arrays: list[Any]) -> dict[str, Any]:
    """Those that are there, as arrays of MLX, whose bfloat16 numpy does not know but through float32."""
    import mlx.core as mx

    there = {str(i): a for i, a in enumerate(arrays) if a is not None}
    return {i: mx.array(widened(a), getattr(mx, a.dtype.name)) for i, a in there.items()}


def _plain(array: Any) -> Array:
    """An array of MLX as one of numpy; bfloat16 as float32."""
    import mlx.core as mx

    return np.array(array.astype(mx.float32) if array.dtype == mx.bfloat16 else array)


def _numbers(array: Any, like: Array) -> Array:
    """An array of MLX as one of numpy, in its own format."""
    return narrowed(_plain(array), format_of(array), like)


def maker(found: Any) -> Maker:
    """A class of optimizers."""
    taken = inspect.signature(found).parameters.values()
    return Maker.of(found, taken, Driven.begin, {RATE})


def script(inputs: Inputs) -> list[str]:
    """MLX alone."""
    return [
        "import mlx.core as mx",
        *inputs.imported,
        "",
        "mx.set_default_device(mx.cpu)",
        f"optimizer = {name_of(inputs.target)}(**{dict(inputs.arguments)!r})",
        f"x = {{str(i): mx.array(values, mx.{inputs.dtype}) for i, values in enumerate({inputs.first!r})}}",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.learning_rate = value",
        f"    slopes = {{str(i): mx.array(g, mx.{inputs.dtype}) for i, g in enumerate(gradients)}}",
        "    x = optimizer.apply_gradients(slopes, x)",
        f"value = x[{str(inputs.tensor)!r}][{inputs.lane!r}].item()",
    ]


MLX = Adapter(
    name="mlx",
    extra="mlx",
    roots=("mlx",),
    words={**TORCH.words, "lr": (RATE,)},
    hints=TORCH.hints,
    maker=maker,
    script=script,
)
"""`mlx.optimizers:AdamW` and the others there, and classes that inherit from them."""
