"""NumPyro: classes around the optimizers of JAX's example libraries, which count their steps themselves."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.examples_of_jax import JAX, RATE, Driven, repeated
from lawful.verify.candidates.protocol import Maker
from lawful.verify.errors import Unanswerable


def _three(kind: Any, **arguments: Any) -> tuple[Callable[..., Any], ...]:
    """An optimizer as JAX has them: what begins, steps, and reads the parameters out of the state."""
    made = kind(**arguments)
    return made.init, lambda step, gradients, state: made.update(gradients, state), made.get_params


def maker(found: Any) -> Maker:
    """A class of optimizers, which hands on what it does not take itself to the function of JAX that it names.

    Raises:
        Unanswerable: it names none.
    """
    from jax.example_libraries import optimizers

    code = getattr(found.__init__, "__code__", None)
    named = [name for name in code.co_names if name in vars(optimizers)] if code else []
    if not named:
        raise Unanswerable(f"{found.__name__} is around no optimizer of jax.example_libraries.")
    handed_on = inspect.signature(getattr(optimizers, named[-1])).parameters.values()
    own = [p for p in inspect.signature(found).parameters.values() if p.kind is p.KEYWORD_ONLY]
    taken = [*handed_on, *own]
    numbers = {p.name for p in taken if type(p.default) is float or p.name == RATE}
    return Maker.of(_called(found), taken, Driven.begin, numbers)


def _called(found: Any) -> Any:
    """What makes the three functions, called as the class."""
    three = partial(_three, found)
    three.__name__, three.__module__, three.__doc__ = found.__name__, found.__module__, found.__doc__  # type: ignore[attr-defined]
    return three


def script(inputs: Inputs) -> list[str]:
    """NumPyro alone."""
    step = "jax.jit(optimizer.update)(slopes, state)"
    return repeated(inputs, ("optimizer", "optimizer"), "optimizer.init", step, "optimizer.get_params")


NUMPYRO = Adapter(
    name="numpyro",
    extra="numpyro",
    roots=("numpyro.optim",),
    words=JAX.words,
    hints=TORCH.hints,
    maker=maker,
    environment=JAX.environment,
    script=script,
)
"""`numpyro.optim:Adam` and the others there."""
