#!/usr/bin/env bash
# optax 0.2.8 on JAX 0.10.2: adan weighs the change of the gradient by 1 - b2 where its averages, and Adan, have b2.
#
# Adan (arXiv:2208.06677) adds to the gradient its change from the last one, times what the average of these changes keeps
# of the past: 0.92 by default, which the paper writes 1 - beta2 (there beta weighs the present, and is 0.08). optax's b2 is
# 0.92 and weighs the past, in the averages; in g + (1 - b2)*change and m + (1 - b2)*v, where the paper's 1 - beta2 is
# copied, it is 0.08. The first step, without a change, is right. The authors' PyTorch code has beta2 = 0.92 in all places.
# (Pull request 1715 of google-deepmind/optax says the same, and was open on 2026-06-26.)
#
# Seen with Python 3.11, CPU; the weight after each of three gradients 1, -1, 1 with a rate of 0.1, eps 1e-8 in one place:
#     optax.adan  -0.10000 -0.09138 -0.12184
#     Adan        -0.10000 -0.05460 -0.07075
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

GRADIENTS, RATE, B1, B2, B3, EPS = (1.0, -1.0, 1.0), 0.1, 0.98, 0.92, 0.99, 1e-8


def of_optax():
    optimizer, x = optax.adan(RATE, b1=B1, b2=B2, b3=B3, eps=EPS, eps_root=0.0, weight_decay=0.0), jnp.zeros(1)
    state, way = optimizer.init(x), []
    for g in GRADIENTS:
        updates, state = optimizer.update(jnp.full(1, g), state, x)
        x = optax.apply_updates(x, updates)
        way.append(float(x[0]))
    return way


def adan(weight):
    x, m, d, n, last, way = 0.0, 0.0, 0.0, 0.0, GRADIENTS[0], []
    for t, g in enumerate(GRADIENTS, start=1):
        change, last = g - last, g
        m, d = B1 * m + (1 - B1) * g, B2 * d + (1 - B2) * change
        n = B3 * n + (1 - B3) * (g + weight * change) ** 2
        step = m / (1 - B1**t) + weight * d / (1 - B2**t)
        x -= RATE * step / (np.sqrt(n / (1 - B3**t)) + EPS)
        way.append(x)
    return way


seen, rule = of_optax(), adan(B2)
for name, way in (("optax.adan", seen), ("Adan", rule)):
    print(f"{name:11}", *(f"{value:8.5f}" for value in way))
sys.exit(not np.allclose(seen, adan(1 - B2), atol=1e-5) or np.allclose(seen, rule, atol=1e-3))
PYTHON
