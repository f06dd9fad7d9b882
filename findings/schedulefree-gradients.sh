#!/usr/bin/env bash
# schedulefree 1.4.1 (the authors' release): `step()` overwrites the user's `p.grad`.
#
# The gradient is divided by √v̂ + eps in place, and weight_decay times the weight is added to it; a comment in the source
# says that this saves memory, the documentation does not say it. Whoever reads `p.grad` after the step (the norm for a log,
# a second optimizer, gradients that are accumulated over steps) reads the normalised direction. AdamW with decay 0.5 at
# weights of 1, and SGD beside it; torch.optim's AdamW leaves `p.grad` alone.
#
# Seen with torch 2.13.0, Python 3.11, CPU; `p.grad` after one step from the gradient (3, -4):
#     torch AdamW            [3.0, -4.0]
#     AdamWScheduleFree      [1.5, -0.5]
#     SGDScheduleFree        [3.5, -3.5]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy schedulefree==1.4.1
"$folder/env/bin/python" - <<'PYTHON'
import sys

import schedulefree
import torch


def gradient_after(name, cls):
    p = torch.nn.Parameter(torch.ones(2))
    optimizer = cls([p], lr=0.1, weight_decay=0.5)
    if hasattr(optimizer, "train"):
        optimizer.train()
    p.grad = torch.tensor([3.0, -4.0])
    optimizer.step()
    seen = [round(g, 4) for g in p.grad.tolist()]
    print(f"{name:22} {seen}")
    return seen


as_described = (
    gradient_after("torch AdamW", torch.optim.AdamW) == [3.0, -4.0]
    and gradient_after("AdamWScheduleFree", schedulefree.AdamWScheduleFree) == [1.5, -0.5]
    and gradient_after("SGDScheduleFree", schedulefree.SGDScheduleFree) == [3.5, -3.5]
)
sys.exit(not as_described)
PYTHON
