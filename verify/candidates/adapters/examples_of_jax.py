"""JAX's example libraries: optimizers as three functions, run under jit."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.jit import Lifted, wide
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker, NotOffered
from lawful.verify.errors import Unanswerable

RATE = "step_size"


@dataclass
class Driven:
    """An optimizer at work.

    Args:
        make: makes it of its arguments.
        arguments: as they are now: another value is another optimizer, which goes on from the same state.
        wide: whether numbers of 64 bits are there.
        state: between steps, with the parameters in it.
        steps: how many have been made.
        stepped: a step, until another argument is set.
    """

    make: Callable[..., Any]
    arguments: dict[str, Any]
    wide: bool
    state: Any
    steps: int = 0
    stepped: Lifted | None = None

    @classmethod
    def begin(cls, make: Any, parameters: list[Array], arguments: Mapping[str, Any]) -> "Driven":
        """The optimizer before its first step."""
        doubles = any(p.dtype == np.float64 for p in parameters)
        with wide(doubles):
            init, _, _ = make(**arguments)
            return cls(make, dict(arguments), doubles, init(_copied(parameters)))

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step.

        Raises:
            NotOffered: a gradient is not there, or somebody has set a parameter, which is in the state here.
        """
        import jax.numpy as jnp

        if any(g is None for g in gradients):
            raise NotOffered("it takes a gradient for every parameter")
        with wide(self.wide):
            _, _, read = self.make(**self.arguments)
            held = zip(read(self.state), parameters, strict=True)
            if not all(np.array_equal(own, p, equal_nan=True) for own, p in held):
                raise NotOffered("parameters are in its state, where nobody sets them")
            given = jnp.asarray(self.steps), _copied(gradients), self.state
            if self.stepped is None or not self.stepped.takes(*given):
                self.stepped = Lifted(self._step, *given)
            self.state, after = self.stepped(*given)
        self.steps += 1
        return [np.asarray(value) for value in after]

    def _step(self, step: Any, gradients: Any, state: Any) -> Any:
        _, update, read = self.make(**self.arguments)
        after = update(step, gradients, state)
        return after, read(after)

    def set(self, name: str, value: Any) -> None:
        """Another value of an argument."""
        self.arguments[name], self.stepped = value, None

    def save(self) -> Any:
        """The arrays of each parameter's state, as numpy has them, and how many steps have been made."""
        import jax

        packed = getattr(self.state, "packed_state", jax.tree.leaves(self.state))
        return jax.tree.map(np.array, packed), self.steps

    def load(self, saved: Any) -> None:
        """Another state."""
        import jax

        packed, self.steps = saved
        self.state = jax.tree.unflatten(jax.tree.structure(self.state), jax.tree.leaves(packed))


def _copied(arrays: Any) -> list[Any]:
    """Arrays of JAX, which share no memory with what may be written to."""
    import jax.numpy as jnp

    return [jnp.array(a, copy=True) for a in arrays]


def maker(found: Any) -> Maker:
    """A function that makes an optimizer.

    Raises:
        Unanswerable: it makes something else, such as a schedule.
    """
    if not hasattr(found, "__wrapped__"):
        raise Unanswerable(f"{found.__name__} is no optimizer: it is not marked by JAX's `optimizer`.")
    arguments = list(inspect.signature(found).parameters.values())
    numbers = {p.name for p in arguments if type(p.default) is float or p.name == RATE}
    return Maker.of(found, arguments, Driven.begin, numbers)


def script(inputs: Inputs) -> list[str]:
    """JAX alone."""
    step = "jax.jit(update)(step - 1, slopes, state)"
    return repeated(inputs, ("init, update, read", "_, update, read"), "init", step, "read")


def repeated(inputs: Inputs, made: tuple[str, str], begin: str, step: str, read: str) -> list[str]:
    """A script of JAX: what an optimizer is made as, at first and anew, and how it begins, steps and is read."""
    first, anew = made
    x64 = ['jax.config.update("jax_enable_x64", True)'] if inputs.dtype == "float64" else []
    name = name_of(inputs.target)
    return [
        "import jax",
        "import jax.numpy as jnp",
        *inputs.imported,
        "",
        *x64,
        f"arguments = {dict(inputs.arguments)!r}",
        f"settings = {dict(inputs.settings)!r}",
        f"{first} = {name}(**arguments)",
        f"state = {begin}([jnp.array(values, jnp.{inputs.dtype}) for values in {inputs.first!r}])",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    if step in settings:",
        "        arguments |= settings[step]",
        f"        {anew} = {name}(**arguments)",
        f"    slopes = [jnp.array(g, jnp.{inputs.dtype}) for g in gradients]",
        f"    state = {step}",
        f"value = float({read}(state)[{inputs.tensor}][{inputs.lane!r}])",
    ]


JAX = Adapter(
    name="jax",
    extra="jax",
    roots=("jax.example_libraries",),
    words={
        **TORCH.words,
        "lr": (RATE,),
        "beta1": ("b1",),
        "beta2": ("b2",),
        "momentum": ("mass",),
        "alpha": ("gamma",),
    },
    hints=TORCH.hints,
    maker=maker,
    environment={"JAX_PLATFORMS": "cpu"},
    script=script,
)
"""`jax.example_libraries.optimizers:adam` and the others there."""
