#!/usr/bin/env bash
# torch 2.13.0: CosineAnnealingLR multiplies a rate that was set by hand by thousands.
#
# The rate of a group may be set by hand in mid-run, and the documentation of CosineAnnealingLR says that the schedule goes
# on from the rate that it finds. Near the low of the cosine what it finds is multiplied by the growth of
# 1 + cos(pi * t / T_max), which is next to 0 there, so that half of the first rate becomes two thousand times the first.
# LambdaLR with the same cosine overwrites the rate.
#
# Seen with Python 3.11, CPU; the first rate is 0.1, T_max is 100, and after 100 steps the rate is set to 0.05:
#     CosineAnnealingLR  the largest rate in the next 100 steps is 202.8
#     LambdaLR           the largest rate in the next 100 steps is 0.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch
import math

from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR


def largest(make):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler, found = make(optimizer), []
    for step in range(200):
        if step == 100:
            optimizer.param_groups[0]["lr"] = 0.05
        optimizer.step()
        scheduler.step()
        found.append(optimizer.param_groups[0]["lr"])
    return max(found[100:])


def cosine(optimizer):
    return LambdaLR(optimizer, lambda t: (1 + math.cos(math.pi * t / 100)) / 2)


torchs, same = largest(lambda optimizer: CosineAnnealingLR(optimizer, 100)), largest(cosine)
for name, found in (("CosineAnnealingLR", torchs), ("LambdaLR", same)):
    print(f"{name:18} the largest rate in the next 100 steps is {found:.4g}")
sys.exit(not (torchs > 100 and abs(same - 0.1) < 1e-12))
PYTHON
