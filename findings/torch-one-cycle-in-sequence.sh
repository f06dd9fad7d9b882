#!/usr/bin/env bash
# torch 2.13.0: a OneCycleLR as a later part of a SequentialLR changes the parts before it.
#
# SequentialLR is documented to call its schedulers one after the other. OneCycleLR writes its own first rate, max_lr/25,
# into the groups as their initial one when it is constructed, and SequentialLR starts its first part anew from what it finds
# there: a warm-up to the rate of the optimizer ends at max_lr/25.
#
# Seen with Python 3.11, CPU; the rates of a warm-up in four steps to 0.1, before a OneCycleLR to 0.5 and before a StepLR:
#     before OneCycleLR  0.00500 0.00875 0.01250 0.01625
#     before StepLR      0.02500 0.04375 0.06250 0.08125
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch
from torch.optim.lr_scheduler import LinearLR, OneCycleLR, SequentialLR, StepLR


def rates(later):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    warm = LinearLR(optimizer, start_factor=0.25, total_iters=4)
    scheduler = SequentialLR(optimizer, [warm, later(optimizer)], milestones=[4])
    found = []
    for _ in range(4):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def cycle(optimizer):
    return OneCycleLR(optimizer, max_lr=0.5, total_steps=10, cycle_momentum=False)


def stairs(optimizer):
    return StepLR(optimizer, step_size=5)


before_cycle, before_stairs = rates(cycle), rates(stairs)
for name, found in (("OneCycleLR", before_cycle), ("StepLR", before_stairs)):
    print(f"before {name:11} {' '.join(f'{rate:.5f}' for rate in found)}")
as_described = all(abs(a * 5 - b) < 1e-12 for a, b in zip(before_cycle, before_stairs))
sys.exit(not as_described)
PYTHON
