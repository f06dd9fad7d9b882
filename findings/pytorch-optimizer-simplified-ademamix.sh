#!/usr/bin/env bash
# pytorch-optimizer 4.1.0: SimplifiedAdEMAMix's steps are 1/(1 - beta2^t) times as long as its moments say.
#
# The authors' code (DepenM/Simplified-AdEMAMix at 17b1eaee75) multiplies by the root of the bias correction, so that the
# denominator is the root of the corrected second moment; the port divides by it. It also averages the gradients where
# the authors sum them; that alone would make the first step 0.1 here, where they have 1.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the first three steps under a gradient of 1, with betas (0.9, 0.95), lr 1:
#     the authors' code      1.0000 1.9000 2.7100
#     its average, corrected 0.1000 0.1900 0.2710
#     pytorch-optimizer      2.0000 1.9487 1.9001
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from pytorch_optimizer import SimplifiedAdEMAMix

BETA1, BETA2, STEPS = 0.9, 0.95, 3


def port():
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = SimplifiedAdEMAMix([p], lr=1.0, betas=(BETA1, BETA2), alpha=0.0)
    for _ in range(STEPS):
        before = p.item()
        p.grad = torch.ones_like(p)
        optimizer.step()
        yield before - p.item()


sums = [sum(BETA1**i for i in range(t)) for t in range(1, STEPS + 1)]  # over a corrected second moment of 1
averages = [(1 - BETA1) * s for s in sums]
seen = list(port())
for name, steps in (("the authors' code", sums), ("its average, corrected", averages), ("pytorch-optimizer", seen)):
    print(f"{name:22} {' '.join(f'{step:.4f}' for step in steps)}")
too_long = [step / average * (1 - BETA2**t) for t, (step, average) in enumerate(zip(seen, averages), 1)]
sys.exit(not all(abs(ratio - 1) < 1e-6 for ratio in too_long))
PYTHON
