"""thinc: optimizers that step one array of numpy in place, which they know by a key."""

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker

ATTRIBUTES = {"learn_rate": "learn_rate", "beta1": "b1", "beta2": "b2", "eps": "eps", "L2": "L2"}
"""Of the arguments that are numbers, by name: each is held as a schedule."""


@dataclass
class Driven:
    """An optimizer at work; each parameter goes by its number."""

    optimizer: Any

    @classmethod
    def begin(cls, make: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        return cls(make(**arguments))

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step."""
        pairs = enumerate(zip(parameters, gradients, strict=True))
        after = [x if g is None else self._stepped(i, x, g) for i, (x, g) in pairs]
        self.optimizer.step_schedules()
        return after

    def _stepped(self, number: int, x: Array, gradient: Array) -> Array:
        """One parameter after a step: handed over as copies, as gradients are written into, and not without dimensions,
        which thinc does not take."""
        shape = x.shape or (1,)
        after, _ = self.optimizer((number, "x"), x.reshape(shape).copy(), gradient.reshape(shape).copy())
        return np.asarray(after).reshape(x.shape)

    def set(self, name: str, value: float) -> None:
        """A number, from now on."""
        from thinc.api import constant

        setattr(self.optimizer, ATTRIBUTES[name], constant(value))

    def save(self) -> Any:
        """All that it keeps of its parameters."""
        return copy.deepcopy({name: getattr(self.optimizer, name) for name in KEPT})

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        for name, value in copy.deepcopy(saved).items():
            setattr(self.optimizer, name, value)


KEPT = ("mom1", "mom2", "averages", "nr_update", "last_seen", "_step")


def maker(found: Any) -> Maker:
    """A function that makes an optimizer."""
    taken = inspect.signature(found).parameters
    return Maker.of(found, taken.values(), Driven.begin, ATTRIBUTES.keys() & taken.keys())


def script(inputs: Inputs) -> list[str]:
    """thinc alone."""
    changes = (
        [
            f"    for name, value in {dict(inputs.settings)!r}.get(step, {{}}).items():",
            f"        setattr(optimizer, {ATTRIBUTES!r}[name], constant(value))",
        ]
        if inputs.settings
        else []
    )
    return [
        "import numpy as np",
        *(["from thinc.api import constant"] if changes else []),
        *inputs.imported,
        "",
        f"x = [np.array(values, np.{inputs.dtype}) for values in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(**{dict(inputs.arguments)!r})",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        *changes,
        "    for i, slope in enumerate(gradients):",
        f'        x[i], _ = optimizer((i, "x"), x[i], np.array(slope, np.{inputs.dtype}))',
        "    optimizer.step_schedules()",
        f"value = float(x[{inputs.tensor}][{inputs.lane!r}])",
    ]


THINC = Adapter(
    name="thinc",
    extra="thinc",
    roots=("thinc",),
    words={
        **TORCH.words,
        "lr": ("learn_rate",),
        "weight_decay": ("L2",),
        "decouple": ("L2_is_weight_decay",),
    },
    norms=("grad_clip",),
    hints=TORCH.hints,
    maker=maker,
    script=script,
)
"""`thinc.api:Adam`, `RAdam` and `SGD`, functions that make an `Optimizer`."""
