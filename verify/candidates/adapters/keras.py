"""Keras 3: optimizers of variables, run without state of their own under jit, on the JAX backend."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs, Rates
from lawful.verify.candidates.adapters.jit import Lifted, wide
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered
from lawful.verify.errors import Unanswerable

RATE = "learning_rate"


@dataclass
class Driven:
    """An optimizer at work.

    Args:
        optimizer: built for its variables.
        state: the values of its own variables.
        wide: whether numbers of 64 bits are there.
        stepped: a step.
    """

    optimizer: Any
    state: list[Any]
    wide: bool
    stepped: Lifted | None = None

    @classmethod
    def begin(cls, kind: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        import keras

        doubles = any(p.dtype == np.float64 for p in parameters)
        with wide(doubles):
            variables = [
                keras.Variable(p.copy(), dtype=p.dtype.name, name=f"x{i}") for i, p in enumerate(parameters)
            ]
            made = kind(**arguments)
            made.build(variables)
            return cls(made, [v.value for v in made.variables], doubles)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        import jax.numpy as jnp

        if any(g is None for g in gradients):
            raise NotOffered("keras builds an optimizer for its variables, and takes a gradient for each")
        with wide(self.wide):
            slopes, x = ([jnp.array(a, copy=True) for a in arrays] for arrays in (gradients, parameters))
            if self.stepped is None or not self.stepped.takes(self.state, slopes, x):
                self.stepped = Lifted(self.optimizer.stateless_apply, self.state, slopes, x)
            after, self.state = self.stepped(self.state, slopes, x)
        return [np.asarray(value) for value in after]

    def set(self, name: str, value: float) -> None:
        """The learning rate, in the variable that holds it."""
        place = [v.path.rpartition("/")[2] for v in self.optimizer.variables].index(RATE)
        self.state[place] = np.asarray(value, self.state[place].dtype)

    def save(self) -> Any:
        """The values of its variables, by their names, which in an optimizer of anybody's may be the same."""
        names = [v.path.partition("/")[2] for v in self.optimizer.variables]
        places = [n if names.count(n) == 1 else f"{n} {i}" for i, n in enumerate(names)]
        return {place: np.array(v) for place, v in zip(places, self.state, strict=True)}

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        self.state = list(saved.values())


def maker(found: Any) -> Maker:
    """A class of optimizers.

    Raises:
        Unanswerable: the backend is another than JAX.
    """
    import keras

    if keras.backend.backend() != "jax":
        raise Unanswerable(
            f"keras runs on {keras.backend.backend()} here, and is asked on jax: KERAS_BACKEND=jax."
        )
    taken = [p for p in inspect.signature(found).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    return Maker.of(found, taken, Driven.begin, {RATE})


def rates(found: Any) -> Rates | None:
    """How a class of schedules is called that takes its first rate."""
    from keras.optimizers.schedules import LearningRateSchedule

    is_one = isinstance(found, type) and issubclass(found, LearningRateSchedule)
    takes = is_one and FIRST in inspect.signature(found).parameters
    return Rates(FIRST, lambda schedule, done: float(schedule(done)), WORDS) if takes else None


FIRST = "initial_learning_rate"
WORDS = {"transition_steps": ("decay_steps",), "end_value": ("end_learning_rate",)}


def script(inputs: Inputs) -> list[str]:
    """Keras alone."""
    x64 = ["import jax", "", 'jax.config.update("jax_enable_x64", True)'] if inputs.dtype == "float64" else []
    return [
        "import os",
        "",
        'os.environ["KERAS_BACKEND"] = "jax"',
        "import keras",
        "import numpy as np",
        *inputs.imported,
        *x64,
        "",
        f"x = [keras.Variable(np.array(v), dtype={inputs.dtype!r}) for v in {inputs.first!r}]",
        f"optimizer = {name_of(inputs.target)}(**{dict(inputs.arguments)!r})",
        "optimizer.build(x)",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.learning_rate = value",
        f"    optimizer.apply([keras.ops.convert_to_tensor(np.array(g), {inputs.dtype!r}) for g in gradients], x)",
        f"value = float(np.asarray(x[{inputs.tensor}].value)[{inputs.lane!r}])",
    ]


KERAS = Adapter(
    name="keras",
    extra="keras",
    roots=("keras",),
    words={
        **TORCH.words,
        "lr": (RATE,),
        "beta1": ("beta_1",),
        "beta2": ("beta_2",),
        "eps": ("epsilon",),
        "alpha": ("rho",),
    },
    norms=("clipnorm", "global_clipnorm"),
    hints=TORCH.hints,
    maker=maker,
    environment={"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
    script=script,
    rates=rates,
)
"""`keras.optimizers:AdamW` and the others there, and classes that inherit from them."""
