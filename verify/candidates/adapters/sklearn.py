"""scikit-learn: the optimizers of its multilayer perceptrons, which step arrays of numpy in place."""

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered

PARAMS = "params"
RATES = ("learning_rate_init", "learning_rate")
"""What holds the learning rate, in Adam and in SGD: an attribute that is read in each step."""


@dataclass
class Driven:
    """An optimizer at work on arrays of its own, which are set to the parameters before each step."""

    optimizer: Any
    held: list[Array]

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        held = [p.copy() for p in parameters]
        return cls(kind(held, **arguments), held)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        if any(g is None for g in gradients):
            raise NotOffered("scikit-learn takes a gradient for every parameter")
        for own, p in zip(self.held, parameters, strict=True):
            own[...] = p
        self.optimizer.update_params(self.held, gradients)
        return self.held

    def set(self, name: str, value: Any) -> None:
        """The learning rate."""
        for rate in RATES:
            if hasattr(self.optimizer, rate):
                setattr(self.optimizer, rate, value)

    def save(self) -> Any:
        """All that the optimizer holds."""
        return copy.deepcopy(vars(self.optimizer))

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        vars(self.optimizer).update(copy.deepcopy(saved))


def maker(found: Any) -> Maker:
    """A class that is made of parameters and steps them."""
    taken = [p for name, p in inspect.signature(found).parameters.items() if name != PARAMS]
    name = found.__name__.removesuffix("Optimizer")
    return Maker.of(found, taken, Driven.begin, {RATES[0]}, name)


def script(inputs: Inputs) -> list[str]:
    """scikit-learn alone."""
    return [
        "import numpy as np",
        *inputs.imported,
        "",
        f"x = [np.array(values, np.{inputs.dtype}) for values in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(x, **{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.learning_rate_init = optimizer.learning_rate = value",
        f"    optimizer.update_params(x, [np.array(g, np.{inputs.dtype}) for g in gradients])",
        f"value = float(x[{inputs.tensor}][{inputs.lane!r}])",
    ]


SKLEARN = Adapter(
    name="scikit-learn",
    roots=("sklearn",),
    words={**TORCH.words, "lr": ("learning_rate_init",), "eps": ("epsilon",)},
    hints=TORCH.hints,
    given="params",
    maker=maker,
    script=script,
)
"""`sklearn.neural_network._stochastic_optimizers:AdamOptimizer` and `SGDOptimizer`."""
