#!/usr/bin/env bash
# optax 0.2.8 on JAX 0.10.2: rprop makes each step one call late; the first call moves nothing.
#
# Rprop (Riedmiller & Braun 1993) multiplies a weight's step size by eta+ where the gradient keeps its sign, by eta- where
# it changes, and moves the weight by that size against this gradient, or not at all where the sign has changed. What is
# returned here is `state.prev_updates`, the step that the call before has computed: that of the first call is 0, and after
# a change of sign two calls stand still. (The example of the documentation shows the objective unchanged by the first.)
#
# Seen with Python 3.11, CPU; the weight after each of five gradients 1, 2, -1, -1, -1 with a rate of 0.1, 0.5 and 1.2:
#     optax.rprop   0.000 -0.100 -0.100 -0.100 -0.040
#     Rprop        -0.100 -0.220 -0.220 -0.160 -0.088
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet optax==0.2.8 jax==0.10.2
JAX_PLATFORMS=cpu "$folder/env/bin/python" - <<'PYTHON'
import sys

import jax.numpy as jnp
import numpy as np
import optax

GRADIENTS, RATE, LESS, MORE = (1.0, 2.0, -1.0, -1.0, -1.0), 0.1, 0.5, 1.2


def of_optax():
    optimizer, x = optax.rprop(RATE, eta_minus=LESS, eta_plus=MORE), jnp.zeros(1)
    state, way = optimizer.init(x), []
    for g in GRADIENTS:
        updates, state = optimizer.update(jnp.full(1, g), state, x)
        x = optax.apply_updates(x, updates)
        way.append(float(x[0]))
    return way


def of_the_paper():
    x, size, last, way = 0.0, RATE, 0.0, []
    for g in GRADIENTS:
        size *= MORE if g * last > 0 else LESS if g * last < 0 else 1.0
        last = 0.0 if g * last < 0 else g
        x -= size * np.sign(last)
        way.append(x)
    return way


seen, rule = of_optax(), of_the_paper()
for name, way in (("optax.rprop", seen), ("Rprop", rule)):
    print(f"{name:12}", *(f"{value:6.3f}" for value in np.add(way, 0.0)))
steps = np.diff([0.0, *rule])
late = np.where([g * h < 0 for g, h in zip(GRADIENTS, (1.0, *GRADIENTS))], 0.0, [0.0, *steps[:-1]])
sys.exit(not np.allclose(np.diff([0.0, *seen]), late, atol=1e-6))
PYTHON
