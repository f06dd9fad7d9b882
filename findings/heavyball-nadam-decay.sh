#!/usr/bin/env bash
# heavyball 3.2.1: `NAdam(weight_decay=…)` makes weights grow.
#
# By default (`decoupled_weight_decay=False`) the decay is added to the gradient, as torch's NAdam does; but then it is
# subtracted from the update, as it stands there and times lr, so that each step moves the weight by lr·wd·x away from 0.
# What is left of the decay in the normalised gradient is less than that where gradients are larger than the decay.
#
# Seen with torch 2.13.0, Python 3.11, CPU, TORCHDYNAMO_DISABLE=1: a weight of 2 after 400 steps under gradients of 100 with
# alternating signs, lr 0.01:
#     heavyball  without decay 1.994   weight_decay=0.1 2.961
#     torch      without decay 1.994   weight_decay=0.1 1.986
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy heavyball==3.2.1
TORCHDYNAMO_DISABLE=1 "$folder/env/bin/python" - <<'PYTHON'
import sys

import heavyball
import torch


def end(cls, decay):
    p = torch.nn.Parameter(torch.full((4, 4), 2.0))
    optimizer = cls([p], lr=0.01, weight_decay=decay)
    for step in range(400):
        p.grad = torch.full((4, 4), 100.0 * (-1) ** step)
        optimizer.step()
    return p.flatten()[0].item()


ends = {}
for name, cls in (("heavyball", heavyball.NAdam), ("torch", torch.optim.NAdam)):
    ends[name] = end(cls, 0.0), end(cls, 0.1)
    print(f"{name:10} without decay {ends[name][0]:.3f}   weight_decay=0.1 {ends[name][1]:.3f}")
grows = ends["heavyball"][1] > 2.5 > 2.0 > ends["heavyball"][0]
shrinks = ends["torch"][1] < ends["torch"][0]
sys.exit(not (grows and shrinks))
PYTHON
