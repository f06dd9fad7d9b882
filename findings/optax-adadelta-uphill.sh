#!/usr/bin/env bash
# optax 0.2.8 on JAX 0.10.2: optax.adadelta(), whose learning rate may be left out, steps uphill.
#
# The documented update is Δw = −√(E[Δw²] + ε)/√(E[g²] + ε)·g, and learning_rate, a global scaling factor, is None by
# default. The sign comes from scale_by_learning_rate alone, which does nothing where the rate is None: what is added to
# the weights is +√(…)/√(…)·g. With learning_rate=1.0, by which a factor changes nothing, the same call goes downhill.
#
# Seen with Python 3.11, CPU; f(w) = w² from w = 1, before and after 200 steps:
#     optax.adadelta()                   1.0000 5.1548
#     optax.adadelta(learning_rate=1.0)  1.0000 0.1097
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet optax==0.2.8 jax==0.10.2
JAX_PLATFORMS=cpu "$folder/env/bin/python" - <<'PYTHON'
import sys

import jax
import jax.numpy as jnp
import optax


def after(optimizer, steps=200):
    weight = jnp.ones(1)
    state = optimizer.init(weight)
    for _ in range(steps):
        gradient = jax.grad(lambda w: jnp.sum(w**2))(weight)
        change, state = optimizer.update(gradient, state, weight)
        weight = optax.apply_updates(weight, change)
    return float(weight[0]) ** 2


default, explicit = after(optax.adadelta()), after(optax.adadelta(learning_rate=1.0))
print(f"optax.adadelta()                   1.0000 {default:.4f}")
print(f"optax.adadelta(learning_rate=1.0)  1.0000 {explicit:.4f}")
sys.exit(not (default > 1 > explicit))
PYTHON
