#!/usr/bin/env bash
# pytorch-optimizer 4.1.0: APOLLO's decoupled weight decay is multiplied by Adam's bias corrections.
#
# Documented: `weight_decouple` applies the decay to the parameters, `fixed_decay` does so "without scaling it by the
# learning rate"; so without `fixed_decay` a step multiplies the weight by 1 - lr·wd, as in AdamW and in this package's
# GaLore. Here lr is the step size, lr·sqrt(1 - beta2^t)/(1 - beta1^t): at the default betas the decay is a third of that
# in the first step, a sixth after fifteen, and takes some thousand steps to become what was asked for.
#
# Seen with torch 2.13.0, Python 3.11, CPU; by how much the weight shrinks at lr 0.1, weight_decay 0.5, gradients of 0:
#     step          1      2      15     500
#     GaLore        0.0500 0.0500 0.0500 0.0500
#     APOLLO        0.0158 0.0118 0.0077 0.0314
#     the latter is lr·wd·sqrt(1 - beta2^t)/(1 - beta1^t)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from pytorch_optimizer import APOLLO, GaLore

LR, DECAY, BETA1, BETA2, SHOWN = 0.1, 0.5, 0.9, 0.999, (1, 2, 15, 500)


def shrinks(cls):
    p = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = cls([p], lr=LR, betas=(BETA1, BETA2), weight_decay=DECAY)
    for t in range(1, max(SHOWN) + 1):
        before = p.item()
        p.grad = torch.zeros_like(p)
        optimizer.step()
        if t in SHOWN:
            yield 1 - p.item() / before


corrections = [(1 - BETA2**t) ** 0.5 / (1 - BETA1**t) for t in SHOWN]
print("step         ", *(f"{t:<6}" for t in SHOWN))
galore, apollo = [*shrinks(GaLore)], [*shrinks(APOLLO)]
for name, seen in (("GaLore", galore), ("APOLLO", apollo)):
    print(f"{name:13} {' '.join(f'{one:.4f}' for one in seen)}")
asked = all(abs(one - LR * DECAY) < 1e-9 for one in galore)
corrected = all(abs(one - LR * DECAY * by) < 1e-9 for one, by in zip(apollo, corrections))
sys.exit(not (asked and corrected))
PYTHON
