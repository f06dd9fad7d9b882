"""Warp: optimizers of flat arrays, which kernels step in place; run on the CPU."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered

RATE = "lr"
BUFFERS = ("m", "v", "b")
"""What an optimizer may call the lists of arrays that it keeps."""


@dataclass
class Driven:
    """An optimizer at work on arrays of its own, which are set to the parameters before each step."""

    optimizer: Any
    held: list[Any]

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step.

        Raises:
            TypeError: a format of which its documentation does not speak; a kernel that is not made for it would not
                compile, and nothing after it.
        """
        import warp

        for name in {p.dtype.name for p in parameters} - _taken(kind):
            raise TypeError(f"{kind.__name__} takes no {name}")
        warp.config.quiet = True
        held = [_array(p) for p in parameters]
        return cls(kind(held, **arguments), held)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        if any(g is None for g in gradients):
            raise NotOffered("warp takes a gradient for every parameter")
        for own, p in zip(self.held, parameters, strict=True):
            own.assign(p.ravel())
        self.optimizer.step([_array(g) for g in gradients])
        return [own.numpy().reshape(p.shape) for own, p in zip(self.held, parameters, strict=True)]

    def set(self, name: str, value: float) -> None:
        """The learning rate."""
        self.optimizer.lr = value

    def save(self) -> Any:
        """The arrays that it keeps, and how many steps have been made."""
        return {name: [a.numpy() for a in kept] for name, kept in self._kept().items()}, self.optimizer.t

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        arrays, self.optimizer.t = saved
        for name, kept in self._kept().items():
            for own, a in zip(kept, arrays[name], strict=True):
                own.assign(a)

    def _kept(self) -> dict[str, list[Any]]:
        return {name: getattr(self.optimizer, name) for name in BUFFERS if hasattr(self.optimizer, name)}


def _array(array: Any) -> Any:
    """An array of numpy as a flat one of warp."""
    import warp

    kind = getattr(warp, array.dtype.name)
    return warp.array(np.ascontiguousarray(array).ravel(), dtype=kind, device="cpu")


def _taken(kind: Any) -> set[str]:
    """The formats that an optimizer is documented to take; float32 where it says nothing."""
    return {"float32", *(name for name in ("float16", "float64") if name in (kind.__doc__ or ""))}


def maker(found: Any) -> Maker:
    """A class of optimizers."""
    taken = [p for name, p in inspect.signature(found).parameters.items() if name != "params"]
    return Maker.of(found, taken, Driven.begin, {RATE})


def script(inputs: Inputs) -> list[str]:
    """Warp alone."""
    flat = [np.ravel(x).tolist() for x in inputs.first]
    slopes = [[np.ravel(g).tolist() for g in gradients] for gradients in inputs.gradients]
    lane = int(np.ravel_multi_index(inputs.lane, np.shape(inputs.first[inputs.tensor]))) if inputs.lane else 0
    return [
        "import numpy as np",
        "import warp as wp",
        *inputs.imported,
        "",
        "",
        "def array(values):",
        f'    return wp.array(np.array(values), dtype=wp.{inputs.dtype}, device="cpu")',
        "",
        "",
        f"x = [array(values) for values in {flat!r}]",
        f"optimizer = {name_of(inputs.target)}(x, **{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({slopes!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.lr = value",
        "    optimizer.step([array(g) for g in gradients])",
        f"value = float(x[{inputs.tensor}].numpy()[{lane}])",
    ]


WARP = Adapter(
    name="warp",
    extra="warp",
    roots=("warp",),
    words=TORCH.words,
    hints=TORCH.hints,
    given="params",
    maker=maker,
    script=script,
)
"""`warp.optim:Adam` and `SGD`."""
