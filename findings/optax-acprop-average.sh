#!/usr/bin/env bash
# optax 0.2.8 on JAX 0.10.2: acprop's variance is around the average before the step, and not around the one it documents.
#
# `optax.contrib.acprop` documents s_t = b2*s + (1 - b2)*(g_t - m_t)^2 + eps_root with the new average m_t, as ACProp
# (arXiv:2110.05454) and its authors' code have it; what it computes is (g_t - m_{t-1})^2. As g - m_t = b1*(g - m_{t-1}),
# its steps after the first are shorter by 1/b1, by a tenth at the default b1 = 0.9, by half at b1 = 0.5.
# (Pull request 1716 of google-deepmind/optax says the same, and was open on 2026-06-27.)
#
# Seen with Python 3.11, CPU; the step at each of three gradients 1, 1, 1 with a rate of 0.1, b1 = 0.5 and b2 = 0.9:
#     optax.contrib.acprop  -0.10000 -0.10000 -0.12854
#     as documented         -0.10000 -0.20000 -0.25707
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet optax==0.2.8 jax==0.10.2
JAX_PLATFORMS=cpu "$folder/env/bin/python" - <<'PYTHON'
import sys

import jax.numpy as jnp
import numpy as np
from optax.contrib import acprop

GRADIENTS, RATE, B1, B2 = (1.0, 1.0, 1.0), 0.1, 0.5, 0.9


def of_optax():
    optimizer, x = acprop(RATE, b1=B1, b2=B2, eps=0.0, eps_root=0.0), jnp.zeros(1)
    state, steps = optimizer.init(x), []
    for g in GRADIENTS:
        update, state = optimizer.update(jnp.full(1, g), state, x)
        steps.append(float(update[0]))
    return steps


def documented(share):
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(GRADIENTS, start=1):
        steps.append(-RATE * g / np.sqrt(s / (1 - B2 ** (t - 1)) if t > 1 else 1.0))
        s = B2 * s + (1 - B2) * (share * (g - m)) ** 2  # g - m_t is b1*(g - m_{t-1})
        m = B1 * m + (1 - B1) * g
    return steps


seen, rule = of_optax(), documented(B1)
for name, steps in (("optax.contrib.acprop", seen), ("as documented", rule)):
    print(f"{name:21}", *(f"{step:8.5f}" for step in steps))
sys.exit(not np.allclose(seen, documented(1.0), atol=1e-5) or np.allclose(seen, rule, atol=1e-3))
PYTHON
