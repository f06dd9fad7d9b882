"""What docs/frameworks-table.md says beside a rule, looked at a second time: each in that framework alone, in a few
lines and without lawful, against what its documentation or paper says, written down in float64.

`python benchmarks/frameworks_twice.py [NAME ...]` runs those whose framework is installed, prints both numbers, and
exits with 1 if one of them is not as the table says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from math import isclose, sqrt
from typing import Any

os.environ |= {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}

Numbers = tuple[float, float]
"""What is seen, and what is expected."""

LOOKS: dict[str, tuple[str, bool, Callable[[], Numbers]]] = {}
"""Optimizer → what is asked, whether the two agree, and both."""


def look(
    name: str, asked: str, agree: bool = False
) -> Callable[[Callable[[], Numbers]], Callable[[], Numbers]]:
    """Registers a look at an optimizer."""

    def keep(function: Callable[[], Numbers]) -> Callable[[], Numbers]:
        LOOKS[name] = asked, agree, function
        return function

    return keep


# ----------------------------------------------------------------------- one counter for all weights: river, MLX
def river_together(name: str) -> Numbers:
    """The first step of a weight, beside another that has made three; and alone."""
    import river.optim

    both, alone = {0: 0.0, 1: 0.0}, {1: 0.0}
    optimizer = getattr(river.optim, name)(lr=0.1)
    for gradient in [{0: 1.0}] * 3 + [{1: 1.0}]:
        optimizer.step(both, gradient)
    getattr(river.optim, name)(lr=0.1).step(alone, {1: 1.0})
    return both[1], alone[1]


for each in ("Adam", "AdaMax", "AMSGrad", "Nadam"):
    look(f"river.optim:{each}", "the first step of a weight, after three of another")(
        lambda name=each: river_together(name)  # type: ignore[misc]
    )


@look("river.optim:NesterovMomentum", "a weight of a step in which it has no gradient, from where it was")
def river_nesterov() -> Numbers:
    import river.optim

    optimizer, weights = river.optim.NesterovMomentum(lr=0.1), {0: 0.0, 1: 0.0}
    optimizer.step(weights, {0: 1.0, 1: 1.0})
    before = weights[0]
    optimizer.step(weights, {1: 1.0})
    return weights[0] - before, 0.0


def mlx_together(name: str, x: Any, **arguments: Any) -> Numbers:
    import mlx.core as mx
    import mlx.optimizers

    first = mx.array(x)
    kind = getattr(mlx.optimizers, name)
    optimizer, alone = kind(learning_rate=0.1, **arguments), kind(learning_rate=0.1, **arguments)
    optimizer.init({"a": first, "b": first})
    for _ in range(3):
        optimizer.apply_gradients({"a": mx.ones_like(first)}, {"a": first})
    both = optimizer.apply_gradients({"b": mx.ones_like(first)}, {"b": first})["b"]
    return both.sum().item(), alone.apply_gradients({"b": mx.ones_like(first)}, {"b": first})[
        "b"
    ].sum().item()


@look("mlx.optimizers:AdamW", "the first step of an array, after three of another, corrected")
def mlx_adamw() -> Numbers:
    return mlx_together("AdamW", [1.0], bias_correction=True)


@look("mlx.optimizers:Adafactor", "the second step's weight of an array, after three of another")
def mlx_adafactor() -> Numbers:
    import mlx.core as mx
    from mlx.optimizers import Adafactor

    def way(*others: int) -> float:
        optimizer, x = Adafactor(learning_rate=0.1, relative_step=False, scale_parameter=False), mx.ones((1,))
        optimizer.init({"a": x, "b": x})
        for gradient, rest in zip((3.0, 1.0), others, strict=True):
            for _ in range(rest):
                optimizer.apply_gradients({"a": mx.ones((1,))}, {"a": mx.ones((1,))})
            x = optimizer.apply_gradients({"b": mx.array([gradient])}, {"b": x})["b"]
        return float(x.item())

    return way(0, 3), way(0, 0)


# ----------------------------------------------------------------------------------- 16 bits, and zeros: JAX
def of_zeros(made: Any, dtype: str) -> float:
    """Where a weight of 0 is after a gradient of 0, of an optimizer of JAX's example libraries."""
    import jax.numpy as jnp

    init, update, get = made
    return float(get(update(0, jnp.zeros(1, dtype), init(jnp.zeros(1, dtype))))[0])


@look("jax.example_libraries.optimizers:adam", "a weight of 0 in bfloat16, after a gradient of 0")
def jax_adam() -> Numbers:
    from jax.example_libraries.optimizers import adam

    return of_zeros(adam(1e-3), "bfloat16"), 0.0


@look("numpyro.optim:Adam", "a weight of 0 in bfloat16, after a gradient of 0")
def numpyro_adam() -> Numbers:
    import jax.numpy as jnp
    import numpyro.optim

    optimizer, zeros = numpyro.optim.Adam(1e-3), jnp.zeros(1, "bfloat16")
    return float(optimizer.get_params(optimizer.update(zeros, optimizer.init(zeros)))[0]), 0.0


@look("keras.optimizers:Muon", "a matrix of zeros in float16, after gradients of 0")
def keras_muon() -> Numbers:
    import keras
    import numpy as np

    x = keras.Variable(np.zeros((2, 2)), dtype="float16", name="kernel")
    optimizer = keras.optimizers.Muon(1e-3, exclude_layers=None)
    optimizer.build([x])
    optimizer.apply([keras.ops.zeros((2, 2), "float16")], [x])
    return float(np.asarray(x.value, np.float64).sum()), 0.0


@look("optax:yogi", "a weight of 0 after a gradient of 0, the moments of which begin at 1e-6")
def optax_yogi() -> Numbers:
    import jax.numpy as jnp
    import optax

    optimizer, x = optax.yogi(0.1), jnp.zeros(1)
    return float(optimizer.update(x, optimizer.init(x), x)[0][0]), 0.0


@look("optax:radam", "the sixth step in float32, of 0.5 all along, to a hundredth of a per cent")
def optax_radam() -> Numbers:
    """Arxiv:1908.03265, algorithm 2, in float64: the sixth is the first that is rectified."""
    import jax.numpy as jnp
    import optax

    optimizer, x, b = optax.radam(0.1), jnp.zeros(1), 0.999
    state = optimizer.init(x)
    for _ in range(6):
        update, state = optimizer.update(jnp.full(1, 0.5), state, x)
    most = 2 / (1 - b) - 1
    length = most - 2 * 6 * b**6 / (1 - b**6)
    rectified = sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
    return round(float(update[0]), 6), round(-0.1 * rectified, 6)


# ------------------------------------------------------------------------------------------ what is not taken
@look("paddle.optimizer:Rprop", "a parameter without dimensions: 1 if the step raises")
def paddle_rprop() -> Numbers:
    import paddle

    zeros = paddle.nn.initializer.Constant(0.0)
    x = paddle.create_parameter([], "float32", default_initializer=zeros)
    optimizer = paddle.optimizer.Rprop(0.1, parameters=[x])
    x.grad = paddle.ones([])
    try:
        optimizer.step()
    except IndexError:
        return 1.0, 0.0
    return 0.0, 0.0


@look("pennylane:AdamOptimizer", "the bytes of a number that is given as float32")
def pennylane_adam() -> Numbers:
    import numpy as np
    import pennylane

    x = pennylane.numpy.array([1.0], dtype=np.float32, requires_grad=True)
    (after,) = pennylane.AdamOptimizer(0.1).apply_grad((np.ones(1, np.float32),), (x,))
    return float(after.dtype.itemsize), 4.0


# ------------------------------------------------------------------- what no rule here says, as its code is read
@look(
    "jax.example_libraries.optimizers:adagrad", "Adagrad without eps, its steps averaged with 0.9", agree=True
)
def jax_adagrad() -> Numbers:
    import jax.numpy as jnp
    from jax.example_libraries.optimizers import adagrad

    init, update, get = adagrad(0.1)
    state, x, squares, m = init(jnp.zeros(1)), 0.0, 0.0, 0.0
    for i, g in enumerate((1.0, -3.0, 0.5)):
        state = update(i, jnp.full(1, g), state)
        squares += g * g
        m = 0.9 * m + 0.1 * g / sqrt(squares)
        x -= 0.1 * m
    return float(get(state)[0]), x


@look("optax:rprop", "the first step of Rprop, with a gradient of 1 and a rate of 0.1")
def optax_rprop() -> Numbers:
    import jax.numpy as jnp
    import optax

    optimizer, x = optax.rprop(0.1), jnp.zeros(1)
    return float(optimizer.update(jnp.ones(1), optimizer.init(x), x)[0][0]), -0.1


def main() -> None:
    wrong = False
    for name, (asked, agree, numbers) in LOOKS.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        try:
            seen, said = numbers()
        except ImportError as error:
            print(f"–  {name}: {error}")
            continue
        as_told = isclose(seen, said, rel_tol=1e-6) is agree
        wrong |= not as_told
        print(f"{'✓' if as_told else '✗'}  {name}: {asked}: {seen:.7g}, expected {said:.7g}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
