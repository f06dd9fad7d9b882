#!/usr/bin/env bash
# torch 2.13.0: OneCycleLR with linear annealing sets a negative rate at the last step that it takes.
#
# `total_steps` is the number of steps in the cycle, and the scheduler refuses a step beyond it. The usual loop makes that many
# steps of the optimizer and of the scheduler; after the last one the line down to the least rate is prolonged below 0.
# Whoever makes one more step of the optimizer goes uphill. With the cosine, the default, the rate rises again a little.
#
# Seen with Python 3.11, CPU; max_lr=0.1, total_steps=10, the last three rates:
#     linear  1.4286e-02 4.0000e-07 -1.4285e-02
#     cos     4.9519e-03 4.0000e-07 4.9519e-03
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch
from torch.optim.lr_scheduler import OneCycleLR

found = {}
for strategy in ("linear", "cos"):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9)
    scheduler, rates = OneCycleLR(optimizer, 0.1, total_steps=10, anneal_strategy=strategy), []
    for _ in range(10):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    found[strategy] = rates
    print(f"{strategy:7} {' '.join(f'{rate:.4e}' for rate in rates[-3:])}")
sys.exit(not (found["linear"][-1] < -0.01 and found["cos"][-1] > 0.001))
PYTHON
