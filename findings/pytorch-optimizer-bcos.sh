#!/usr/bin/env bash
# pytorch-optimizer 4.1.0: BCOS estimates the second moment from the momentum after its update, not from the one before.
#
# In mode 'c', the default, the second moment is conditional on the past: the authors (facebookresearch/bcos at 0a01797c62)
# take it of the old momentum and the gradient, and update the momentum then. Here `old_m` is the same tensor as `m`,
# which has been updated in place by the time it is read; the batched path reads the new one too. A gradient of the other
# sign makes the new momentum smaller, and so the step longer.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the step after gradients 1 and -1, beta 0.9, simple_cond=True, lr 1:
#     of the old momentum 0.8000
#     of the new momentum 0.9972
#     pytorch-optimizer   0.9972
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from pytorch_optimizer import BCOS

BETA = 0.9


def seen(foreach):
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = BCOS([p], lr=1.0, beta=BETA, simple_cond=True, weight_decay=0.0, eps=0.0, foreach=foreach)
    for slope in (1.0, -1.0):
        before = p.item()
        p.grad = torch.full_like(p, slope)
        optimizer.step()
    return before - p.item()


def step(momentum):  # over the root of the conditional second moment
    share = (1 - BETA) ** 2
    return new / ((1 - share) * momentum**2 + share) ** 0.5


old, new = 1.0, BETA - (1 - BETA)  # it begins at the first gradient
steps = [seen(foreach) for foreach in (False, True)]
for name, one in (("of the old momentum", step(old)), ("of the new momentum", step(new)), ("pytorch-optimizer", steps[0])):
    print(f"{name:19} {one:.4f}")
sys.exit(not all(abs(one - step(new)) < 1e-9 and abs(one - step(old)) > 0.1 for one in steps))
PYTHON
