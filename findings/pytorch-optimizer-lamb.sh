#!/usr/bin/env bash
# pytorch-optimizer 4.1.0: LAMB's first steps are 1/(1 - beta1^t) times as long as the trust ratio makes them.
#
# LAMB (arXiv 1904.00962, Algorithm 2) makes the step of each tensor lr·‖x‖ long: whatever the update is, the trust ratio
# makes it as long as the weight. Here the update is taken of averages that are not corrected for their start at 0; the
# correction of the first one comes after the ratio, and multiplies a step that is as long as it should be: ten times in
# the first step at the default beta1. With `adam_debias=True` it is left out, and the steps are lr·‖x‖.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the length of the first steps over that of the weight, lr 0.01, gradients of 1:
#     the paper               0.0100 0.0100 0.0100 0.0100
#     by default              0.1000 0.0526 0.0369 0.0291
#     with adam_debias=True   0.0100 0.0100 0.0100 0.0100
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from pytorch_optimizer import Lamb

LR, BETA1, STEPS = 0.01, 0.9, 4


def lengths(**options):
    p = torch.nn.Parameter(torch.ones(4, dtype=torch.float64))
    optimizer = Lamb([p], lr=LR, betas=(BETA1, 0.999), **options)
    for _ in range(STEPS):
        before = p.detach().clone()
        p.grad = torch.ones_like(p)
        optimizer.step()
        yield ((p.detach() - before).norm() / before.norm()).item()


paper, default, debiased = [LR] * STEPS, [*lengths()], [*lengths(adam_debias=True)]
for name, seen in (("the paper", paper), ("by default", default), ("with adam_debias=True", debiased)):
    print(f"{name:23} {' '.join(f'{one:.4f}' for one in seen)}")
too_long = [LR / (1 - BETA1**t) for t in range(1, STEPS + 1)]
as_described = all(abs(a - b) < 1e-5 for a, b in zip(default + debiased, too_long + paper))
sys.exit(not as_described)
PYTHON
