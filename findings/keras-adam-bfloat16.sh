#!/usr/bin/env bash
# keras 3.15.1 on JAX 0.10.2: with variables in bfloat16, Adam and AdamW at their defaults do not move them at all.
#
# The step is lr·√(1 − β2ᵗ)/(1 − β1ᵗ)·m/(√v + ε), and β2 = 0.999 is cast to the variable's dtype before the power is
# taken. bfloat16 has no number between 0.996 and 1: β2 becomes 1, √(1 − β2ᵗ) is 0, and so is every step. Nothing warns.
# The learning rate here is 0.1 and the weight 1, of which bfloat16 resolves 1/128.
#
# Seen with Python 3.11, CPU; the weight after each of five steps with a gradient of 1:
#     Adam   float32   0.9000 0.8000 0.7000 0.6000 0.5000
#     Adam   bfloat16  1.0000 1.0000 1.0000 1.0000 1.0000
#     AdamW  float32   0.8996 0.7992 0.6989 0.5986 0.4984
#     AdamW  bfloat16  1.0000 1.0000 1.0000 1.0000 1.0000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/env/bin/python" - <<'PYTHON'
import sys

import keras
import numpy as np


def way(optimizer, dtype):
    weight = keras.Variable(np.ones(1), dtype=dtype)
    optimizer.build([weight])
    seen = []
    for _ in range(5):
        optimizer.apply([keras.ops.ones(1, dtype=dtype)], [weight])
        seen.append(float(np.asarray(weight.value.astype("float32"))[0]))
    return seen


as_described = True
for name in ("Adam", "AdamW"):
    for dtype in ("float32", "bfloat16"):
        optimizer = getattr(keras.optimizers, name)(learning_rate=0.1)
        seen = way(optimizer, dtype)
        print(f"{name:6} {dtype:9}", *(f"{value:.4f}" for value in seen))
        as_described &= (seen == [1.0] * 5) == (dtype == "bfloat16")
sys.exit(not as_described)
PYTHON
