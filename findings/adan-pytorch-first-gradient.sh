#!/usr/bin/env bash
# adan-pytorch 0.1.0: the first gradient enters no average, and the averages are corrected as if it had.
#
# Adan (arXiv 2208.06677, Algorithm 1) begins its averages with the first gradient. Here the first step leaves them at 0,
# so that it moves nothing, and the later ones divide an average of t - 1 gradients by 1 - (1 - beta)^t, which corrects one
# of t: under a gradient that never changes, where every average is known, a step is 29 % too short at first, 6 % after
# eight.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the first steps under gradients of 1 at lr 1:
#     of all gradients 1.0000 1.0000 1.0000 1.0000 1.0000 1.0000 1.0000 1.0000
#     adan-pytorch     0.0000 0.7125 0.8227 0.8725 0.9011 0.9197 0.9327 0.9423
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps adan-pytorch==0.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from adan_pytorch import Adan

BETA1, BETA2, BETA3, STEPS = 0.02, 0.08, 0.01, 8


def seen():
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = Adan([p], lr=1.0, betas=(BETA1, BETA2, BETA3))
    for _ in range(STEPS):
        before = p.item()
        p.grad = torch.ones_like(p)
        optimizer.step()
        yield before - p.item()


def corrected(beta, taken, t):  # an average of so many ones, over what it would be of t
    return (1 - (1 - beta) ** taken) / (1 - (1 - beta) ** t)


def steps(left_out):
    times = [(t - left_out, t) for t in range(1, STEPS + 1)]
    return [corrected(BETA1, *n) / max(corrected(BETA3, *n), 1e-16) ** 0.5 for n in times]


whole, without, adan = steps(0), steps(1), [*seen()]
for name, one in (("of all gradients", whole), ("adan-pytorch", adan)):
    print(f"{name:16} {' '.join(f'{step:.4f}' for step in one)}")
sys.exit(not all(abs(a - b) < 1e-6 for a, b in zip(adan, without)))
PYTHON
