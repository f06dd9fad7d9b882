"""Optax: transformations of gradients, which are pure functions of arrays of JAX, as users run them: under jit."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs, Rates
from lawful.verify.candidates.adapters.jit import Lifted, wide
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered
from lawful.verify.candidates.signature import BY_NAME


@dataclass
class Driven:
    """A transformation at work.

    Args:
        make: makes it of its arguments.
        arguments: as they are now: another value is another transformation, which goes on from the same state.
        wide: whether numbers of 64 bits are there.
        state: between steps.
        stepped: a step, until another argument is set.
    """

    make: Callable[..., Any]
    arguments: dict[str, Any]
    wide: bool
    state: Any
    stepped: Lifted | None = None

    @classmethod
    def begin(
        cls, make: Callable[..., Any], parameters: list[Array], arguments: Mapping[str, Any]
    ) -> "Driven":
        """The transformation before its first step."""
        has_doubles = any(p.dtype == np.float64 for p in parameters)
        with wide(has_doubles):
            first = _copied(parameters)
            state = Lifted(lambda x: make(**arguments).init(x), first)(first)
        return cls(make, dict(arguments), has_doubles, state)

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there.
        """
        if any(g is None for g in gradients):
            raise NotOffered(
                "optax takes a gradient for every parameter: those that rest are masked by their users"
            )
        with wide(self.wide):
            given = _copied(gradients), self.state, _copied(parameters)
            if self.stepped is None or not self.stepped.takes(*given):
                self.stepped = Lifted(self._step, *given)
            after, self.state = self.stepped(*given)
        return [np.asarray(value) for value in after]

    def _step(self, gradients: Any, state: Any, parameters: Any) -> tuple[Any, Any]:
        import optax

        updates, state = self.make(**self.arguments).update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state

    def set(self, name: str, value: Any) -> None:
        """Another value of an argument."""
        self.arguments[name], self.stepped = value, None

    def save(self) -> Any:
        """The state."""
        import jax

        return jax.tree.map(np.array, self.state)

    def load(self, saved: Any) -> None:
        """Another state."""
        self.state = saved


def _copied(arrays: Any) -> list[Any]:
    """Arrays of JAX, which share no memory with what may be written to."""
    import jax.numpy as jnp

    return [jnp.array(a, copy=True) for a in arrays]


def maker(found: Any) -> Maker:
    """A function that makes a transformation."""
    arguments = [p for p in inspect.signature(found).parameters.values() if p.kind in BY_NAME]
    numbers = {p.name for p in arguments if _is_number(p)}
    return Maker.of(found, arguments, Driven.begin, numbers)


def _is_number(parameter: inspect.Parameter) -> bool:
    return type(parameter.default) is float or parameter.name == "learning_rate"


def rates(found: Any) -> Rates | None:
    """How a function is called that says that it returns a schedule, and takes its first rate."""
    import optax

    said = inspect.signature(found)
    returned, first = said.return_annotation, [word for word in FIRST if word in said.parameters]
    makes_one = returned == optax.Schedule or str(returned).endswith("Schedule")
    return Rates(first[0], _at, WORDS) if first and makes_one else None


FIRST = ("init_value", "peak_value", "value")
"""What a function may call its first rate, the first of these that it has."""

WORDS = {"end_value": ("peak_value",), "transition_steps": ("warmup_steps",)}
"""Those of `warmup_constant_schedule`, which is a line."""


def _at(schedule: Any, done: int) -> float:
    import jax.numpy as jnp

    return float(schedule(jnp.asarray(done)))


def script(inputs: Inputs) -> list[str]:
    """Optax alone."""
    jax = ["import jax", "import jax.numpy as jnp", "import optax"]
    x64 = ['jax.config.update("jax_enable_x64", True)', ""] if inputs.dtype == "float64" else []
    name = name_of(inputs.target)
    return [
        *jax,
        *inputs.imported,
        "",
        *x64,
        "",
        "@jax.jit",
        "def stepped(gradients, state, x):",
        "    updates, state = optimizer.update(gradients, state, x)",
        "    return optax.apply_updates(x, updates), state",
        "",
        "",
        f"arguments = {dict(inputs.arguments)!r}",
        f"settings = {dict(inputs.settings)!r}",
        f"optimizer = {name}(**arguments)",
        f"x = [jnp.array(values, jnp.{inputs.dtype}) for values in {inputs.first!r}]",
        "state = optimizer.init(x)",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    if step in settings:",
        "        arguments |= settings[step]",
        f"        optimizer = {name}(**arguments)",
        "        jax.clear_caches()",
        f"    x, state = stepped([jnp.array(g, jnp.{inputs.dtype}) for g in gradients], state, x)",
        f"value = float(x[{inputs.tensor}][{inputs.lane!r}])",
    ]


OPTAX = Adapter(
    name="optax",
    extra="jax",
    roots=("optax",),
    words={
        **TORCH.words,
        "lr": ("learning_rate",),
        "beta1": ("b1",),
        "beta2": ("b2",),
        "alpha": ("decay",),
        "beta3": ("b3",),
    },
    hints=TORCH.hints,
    maker=maker,
    environment={"JAX_PLATFORMS": "cpu"},
    script=script,
    rates=rates,
)
"""Functions that make a `GradientTransformation`, optax's own and anybody's that say that they return one."""
