#!/usr/bin/env bash
# river 0.26.1: after one change of the learning rate, AdaBound's bounds shrink in every step, and it stops.
#
# AdaBound (arXiv:1902.09843) keeps each coordinate's rate between bounds that go to final_lr; its authors' code scales final_lr by
# lr/base_lr, so that a schedule moves the bounds as it moves lr. river multiplies its own final_lr by that in every step and keeps
# the product: at a constant lr nothing shows, once lr is half of the first one the bounds are halved in each step.
#
# Seen with Python 3.11, CPU; gradients of 1, final_lr = 0.1, lr = 0.1; constant, or half of that from step 11 on:
#     constant step 40: final_lr 0.1, moved by 0.1
#     halved   step 11: final_lr 0.05, moved by 0.05
#     halved   step 12: final_lr 0.025, moved by 0.05
#     halved   step 40: final_lr 9.313e-11, moved by 2.386e-09
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet river==0.26.1
"$folder/env/bin/python" - <<'PYTHON'
import sys

from river import optim


class HalvedAfterTen(optim.base.Scheduler):
    def get(self, t):
        return 0.1 if t < 10 else 0.05


def way(lr):
    optimizer, weights, seen = optim.AdaBound(lr=lr, final_lr=0.1), {"x": 0.0}, []
    for _ in range(40):
        before = weights["x"]
        weights = optimizer.step(weights, {"x": 1.0})
        seen.append((optimizer.final_lr, before - weights["x"]))
    return seen


constant, halved = way(0.1), way(HalvedAfterTen())
for name, seen in (("constant", constant), ("halved", halved)):
    for step in (10, 11, 12, 40):
        final, moved = seen[step - 1]
        print(f"{name:8} step {step}: final_lr {final:.4g}, moved by {moved:.4g}")
sys.exit(constant[-1][0] != 0.1 or abs(halved[10][0] - 0.05) > 1e-12 or halved[-1][1] > 1e-8)
PYTHON
