"""Functions of JAX's arrays, compiled once for all that differ in numbers alone.

Hyperparameters are constants of a transformation; each other value would be compiled anew, which takes as long as a
hundred steps. So the numbers that stand in a traced function are taken out of it and handed over: what is computed with
them is the same, to the last bit, as it is where they stand.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import numpy as np

COMPILED: dict[Any, Callable[..., Any]] = {}
"""What has been compiled, by everything of it but numbers."""


def wide(doubles: bool) -> AbstractContextManager[Any]:
    """Whether numbers of 64 bits are there, which JAX has by a switch alone."""
    import jax

    found: AbstractContextManager[Any] = (
        jax.enable_x64(doubles) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64(doubles)
    )
    return found


class Lifted:
    """A function, traced once and compiled with others of its form.

    Args:
        function: of trees of arrays.
        arguments: trees like those that it will be given.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Traces the function."""
        import jax

        closed, shape = jax.make_jaxpr(function, return_shape=True)(*arguments)
        self._numbers = [np.asarray(v.val, v.aval.dtype) for v in _literals(closed.jaxpr)]
        self._constants, self._taken, self._tree = closed.consts, _kinds(arguments), jax.tree.structure(shape)
        key = jax.config.jax_enable_x64, _form(closed.jaxpr)
        if key not in COMPILED:
            COMPILED[key] = jax.jit(partial(_given, _open(closed.jaxpr, self._numbers)))
        self._compiled = COMPILED[key]

    def takes(self, *arguments: Any) -> bool:
        """Whether these are like those with which it was traced."""
        return bool(_kinds(arguments) == self._taken)

    def __call__(self, *arguments: Any) -> Any:
        """What the function gives, as it would under `jax.jit`."""
        import jax

        values = self._compiled(self._constants, self._numbers, jax.tree.leaves(arguments))
        return jax.tree.unflatten(self._tree, values)


def _kinds(arguments: Any) -> Any:
    import jax

    return jax.tree.structure(arguments), [(a.shape, a.dtype) for a in jax.tree.leaves(arguments)]


def _given(jaxpr: Any, constants: Any, numbers: Any, arguments: Any) -> Any:
    from jax.extend.core import ClosedJaxpr, jaxpr_as_fun

    return jaxpr_as_fun(ClosedJaxpr(jaxpr, constants))(*numbers, *arguments)


def _is_literal(variable: Any) -> bool:
    from jax.extend.core import Literal

    return isinstance(variable, Literal)


def _literals(jaxpr: Any) -> Iterator[Any]:
    """The numbers that stand in it, in order."""
    yield from (v for eqn in jaxpr.eqns for v in eqn.invars if _is_literal(v))


def _form(jaxpr: Any) -> Any:
    """Everything of it but these numbers."""
    places: dict[Any, int] = {}

    def place(v: Any) -> Any:
        return str(v.aval) if _is_literal(v) else (places.setdefault(v, len(places)), str(v.aval))

    taken = [place(v) for v in (*jaxpr.constvars, *jaxpr.invars)]
    done = [
        (eqn.primitive.name, str(eqn.params), *map(place, (*eqn.invars, *eqn.outvars))) for eqn in jaxpr.eqns
    ]
    given = [str(v) if _is_literal(v) else place(v) for v in jaxpr.outvars]
    return tuple(taken), tuple(done), tuple(given)


def _open(jaxpr: Any, numbers: Any) -> Any:
    """The same function, which takes its numbers before its arguments."""
    import jax

    taken = jax.make_jaxpr(lambda *values: values)(*numbers).jaxpr.invars
    rest = iter(taken)
    eqns = [e.replace(invars=[next(rest) if _is_literal(v) else v for v in e.invars]) for e in jaxpr.eqns]
    return jaxpr.replace(eqns=eqns, invars=[*taken, *jaxpr.invars])
