#!/usr/bin/env bash
# ano-optimizer 1.0.0 (the author's release): with `logarithmic_schedule=True`, the second step can go against all gradients.
#
# Anolog (arXiv:2508.18258) lets the average of the gradients grow longer by β₁ = 1 − 1/log(k + 2), which is between 0
# and 1. The package has 1 − 1/log(max(2, k)), which is −0.4427 in the first two steps: the second average is
# 1.4427·g₂ − 0.6387·g₁. It has another sign than both gradients where g₂ is less than 0.4427 of g₁, and a step goes where
# the average points. Without the schedule the same gradients lead downhill twice.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the two moves of a parameter under the gradients 1 and 0.4, lr 0.1:
#     logarithmic_schedule=False -0.100000 -0.052618 downhill
#     logarithmic_schedule=True  -0.100000 +0.052618 uphill
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy ano-optimizer==1.0.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from ano_optimizer import Ano

as_described = True
for schedule, uphill in ((False, False), (True, True)):
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer, moves = Ano([p], lr=0.1, logarithmic_schedule=schedule), []
    for gradient in (1.0, 0.4):
        before = p.item()
        p.grad = torch.full_like(p, gradient)
        optimizer.step()
        moves.append(p.item() - before)
    against = moves[1] > 0
    print(f"logarithmic_schedule={schedule!s:5} {moves[0]:+.6f} {moves[1]:+.6f} {'uphill' if against else 'downhill'}")
    as_described &= against == uphill and moves[0] < 0
sys.exit(not as_described)
PYTHON
