#!/usr/bin/env bash
# torch 2.13.0: after 144 skipped steps GradScaler makes a step that turns every weight into infinity, or no number.
#
# GradScaler skips a step whose gradients are not finite, "to avoid corrupting the params", and halves its scale. Nothing
# keeps the scale where it has an inverse in float32: 2**16 is halved to 2**-128 after 144 such steps in a row, and to 0
# after 166. The next loss, whose gradient is 1, is multiplied by that; its gradient is finite, so the step is not skipped,
# and is multiplied by the inverse, which is infinite. After 143 steps the same loss leads to the step that it should.
#
# Seen with Python 3.11, CPU; one weight that begins at 1, SGD with a rate of 0.1:
#     143 skipped: scale 5.9e-39, weight 1.0 before and 0.9 after a step with a gradient of 1
#     144 skipped: scale 2.9e-39, weight 1.0 before and -inf after a step with a gradient of 1
#     166 skipped: scale 0, weight 1.0 before and nan after a step with a gradient of 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import math
import sys

import torch


def after(skipped):
    weight = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scaler = torch.amp.GradScaler("cpu")
    for factor in [math.inf] * skipped + [1.0]:
        before, scale = weight.item(), scaler.get_scale()
        optimizer.zero_grad()
        scaler.scale(weight.sum() * factor).backward()
        scaler.step(optimizer)
        scaler.update()
    now = f"weight {before} before and {weight.item():.3g} after a step with a gradient of 1"
    print(f"{skipped} skipped: scale {scale:.2g}, {now}")
    return weight.item()


kept, lost, none = after(143), after(144), after(166)
sys.exit(not (abs(kept - 0.9) < 1e-6 and lost == -math.inf and math.isnan(none)))
PYTHON
