#!/usr/bin/env bash
# torch 2.13.0 (CPU): RMSprop(centered=True) makes NaN of a weight whose gradient stays the same for a while.
#
# The centred form divides by the root of the averaged square less the square of the average: a variance, which a
# constant gradient takes to 0. Computed as a difference it comes out a little below 0 in the end, by rounding, and its
# root is NaN; eps is added to the root, after that. Any weight in which the loss is linear has such a gradient: a bias
# outside every activation, a weight under an L1 term, a logit of a constant reward. Nothing bounds the difference from
# below, on the loop as on foreach; with centered=False the same runs stay finite.
#
# Seen with Python 3.11, one weight, the loss slope * weight:
#     float32,  alpha 0.9,  slope 3     NaN in step 133
#     float64,  alpha 0.99, slope 0.1   NaN in step 3226 (alpha at its default)
#     bfloat16, alpha 0.9,  slope 0.1   NaN in step 34, on foreach in step 32
# The steps may differ where a processor rounds a multiplication and an addition together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch


def first_nan(dtype, alpha, slope, centered, foreach):
    """The step after which the weight is NaN; 0 for none."""
    weight = torch.ones((), dtype=dtype, requires_grad=True)
    optimizer = torch.optim.RMSprop([weight], lr=1e-3, alpha=alpha, centered=centered, foreach=foreach)
    for step in range(1, 5001):
        optimizer.zero_grad()
        (slope * weight).backward()
        optimizer.step()
        if weight.isnan():
            return step
    return 0


as_described = True
for dtype, alpha, slope in ((torch.float32, 0.9, 3.0), (torch.float64, 0.99, 0.1), (torch.bfloat16, 0.9, 0.1)):
    for foreach in (False, True):
        seen = [first_nan(dtype, alpha, slope, centered, foreach) for centered in (True, False)]
        print(dtype, f"alpha {alpha}, slope {slope}, foreach={foreach}: centred, NaN in step {seen[0]}; not centred, {seen[1]}")
        as_described &= seen[0] > 0 and seen[1] == 0
sys.exit(not as_described)
PYTHON
