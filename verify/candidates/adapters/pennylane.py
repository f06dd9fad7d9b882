"""PennyLane: optimizers that give new arrays for old ones and their gradients."""

import inspect
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.holding import Holding
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered

RATE = "stepsize"


class Driven(Holding):
    """An optimizer at work."""

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        from pennylane import numpy as pnp

        if any(g is None for g in gradients):
            raise NotOffered("pennylane takes a gradient for every parameter that is trained")
        held = tuple(pnp.array(p, requires_grad=True) for p in parameters)
        return [np.array(p) for p in self.optimizer.apply_grad(tuple(gradients), held)]

    def set(self, name: str, value: float) -> None:
        """The step size."""
        self.optimizer.stepsize = value


def maker(found: Any) -> Maker:
    """A class of optimizers."""
    taken = inspect.signature(found).parameters.values()
    name = found.__name__.removesuffix("Optimizer")
    return Maker.of(found, taken, Driven.begin, {RATE}, name)


def script(inputs: Inputs) -> list[str]:
    """PennyLane alone."""
    return [
        "from pennylane import numpy as np",
        *inputs.imported,
        "",
        f"x = [np.array(v, dtype=np.{inputs.dtype}, requires_grad=True) for v in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(**{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.stepsize = value",
        f"    slopes = tuple(np.array(g, dtype=np.{inputs.dtype}) for g in gradients)",
        "    x = optimizer.apply_grad(slopes, tuple(x))",
        f"value = float(x[{inputs.tensor}][{inputs.lane!r}])",
    ]


PENNYLANE = Adapter(
    name="pennylane",
    extra="pennylane",
    roots=("pennylane",),
    words={**TORCH.words, "lr": (RATE,), "alpha": ("decay",)},
    hints=TORCH.hints,
    maker=maker,
    script=script,
)
"""`pennylane:AdamOptimizer` and the others there that take gradients."""
