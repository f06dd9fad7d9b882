#!/usr/bin/env bash
# heavyball 3.2.1: `LaProp(eps=…)` has no effect; the divisor is always at least 1e-8.
#
# `eps` is an argument of the constructor and a key of the group, and heavyball's AdamW uses it; LaProp's update does not
# hand it on, so that it has its own default.
#
# Seen with torch 2.13.0, Python 3.11, CPU, TORCHDYNAMO_DISABLE=1: how far a weight of 1 goes in a first step, lr 0.1, under
# a gradient of 0.001:
#     AdamW   eps=1e-8 0.1000   eps=1 0.0001
#     LaProp  eps=1e-8 0.1000   eps=1 0.1000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy heavyball==3.2.1
TORCHDYNAMO_DISABLE=1 "$folder/env/bin/python" - <<'PYTHON'
import sys

import heavyball
import torch


def moved(cls, eps):
    p = torch.nn.Parameter(torch.ones(4, 4))
    optimizer = cls([p], lr=0.1, eps=eps)
    p.grad = torch.full((4, 4), 1e-3)
    optimizer.step()
    return 1 - p.flatten()[0].item()


seen = {}
for cls in (heavyball.AdamW, heavyball.LaProp):
    seen[cls.__name__] = small, large = moved(cls, 1e-8), moved(cls, 1.0)
    print(f"{cls.__name__:7} eps=1e-8 {small:.4f}   eps=1 {large:.4f}")
adamw, laprop = seen["AdamW"], seen["LaProp"]
sys.exit(not (adamw[1] < 0.01 * adamw[0] and laprop[0] == laprop[1]))
PYTHON
