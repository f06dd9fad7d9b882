#!/usr/bin/env bash
# thinc 9.1.1: RAdam counts its steps from 2, so that its first steps are too short by half.
#
# RAdam (arXiv:1908.03265, Algorithm 2) divides the first moment by 1 − β1ᵗ in step t, which makes the first step lr·g. thinc's
# optimizer has counted the step before it calls its RAdam, which counts it once more: it divides by 1 − β1ᵗ⁺¹ and takes the
# variance's length and correction of the step after. The first step is lr·g·(1 − β1)/(1 − β1²) = lr·g/1.9.
#
# Seen with Python 3.11, CPU; gradients of 1, lr = 0.1, no clip; the weight after each step, and the algorithm's in float64:
#     thinc      -0.0526 -0.1227 -0.2015 -0.2855 -0.2880 -0.2912
#     paper      -0.1000 -0.2000 -0.3000 -0.4000 -0.5000 -0.5026
#     from two   -0.0526 -0.1227 -0.2015 -0.2855 -0.2880 -0.2912
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet thinc==9.1.1
"$folder/env/bin/python" - <<'PYTHON'
import math
import sys

import numpy as np
from thinc.api import RAdam

LR, B1, B2, EPS, STEPS = 0.1, 0.9, 0.999, 1e-8, 6


def by_the_paper(first):
    """The weights on gradients of 1, the first step being counted as `first`."""
    x, m, v, longest, seen = 0.0, 0.0, 0.0, 2 / (1 - B2) - 1, []
    for t in range(first, first + STEPS):
        m, v = B1 * m + 1 - B1, B2 * v + 1 - B2
        length, step = longest - 2 * t * B2**t / (1 - B2**t), m / (1 - B1**t)
        if length >= 5:
            r = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            step *= math.sqrt(r) * math.sqrt(1 - B2**t) / (math.sqrt(v) + EPS)
        x -= LR * step
        seen.append(x)
    return seen


optimizer = RAdam(LR, beta1=B1, beta2=B2, eps=EPS, grad_clip=0.0)
x, seen = np.zeros(1, dtype="float32"), []
for _ in range(STEPS):
    x, _ = optimizer((0, "x"), x, np.ones(1, dtype="float32"))
    seen.append(float(x[0]))
for name, way in (("thinc", seen), ("paper", by_the_paper(1)), ("from two", by_the_paper(2))):
    print(f"{name:10}", *(f"{value:.4f}" for value in way))
late = all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(seen, by_the_paper(2)))
sys.exit(not late or math.isclose(seen[0], -LR, rel_tol=0.1))
PYTHON
