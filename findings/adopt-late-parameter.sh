#!/usr/bin/env bash
# torch-adopt 0.1.0 (the authors' release): with foreach, a parameter whose gradients begin later is divided by eps.
#
# ADOPT's first call records v = g² and moves nothing; only then is a gradient divided by the root of a v that has not seen
# it. The foreach path asks the first parameter's counter whether this is the first call, for all parameters of the group. One
# that joins later (a layer unfrozen, an expert without input so far) has v = 0, is divided by eps, and moves at once: by
# lr·(1 − β1) with the default clipping, by lr·(1 − β1)·g/eps without. The loop (`foreach=False`) follows the paper.
#
# Seen with torch 2.13.0, Python 3.11, CPU; how far the late parameter moves in its first call, from a gradient of 0.01 at lr 1:
#     foreach=False, default clipping     0.0
#     foreach=True, default clipping      -0.1
#     foreach=False, clip_lambda=None     0.0
#     foreach=True, clip_lambda=None      -1000.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy torch-adopt==0.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys
import warnings

import torch
from adopt import ADOPT

warnings.simplefilter("ignore")


def moved(**options):
    early, late = (torch.nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = ADOPT([early, late], lr=1.0, **options)
    for step in (1, 2):
        early.grad = torch.tensor([0.01])
        late.grad = torch.tensor([0.01]) if step == 2 else None
        optimizer.step()
    return round(late.item(), 2)


as_described = True
for clipping, options, expected in (("default clipping", {}, -0.1), ("clip_lambda=None", {"clip_lambda": None}, -1000.0)):
    for foreach, described in ((False, 0.0), (True, expected)):
        seen = moved(foreach=foreach, **options)
        print(f"{f'foreach={foreach}, {clipping}':35} {seen}")
        as_described &= seen == described
sys.exit(not as_described)
PYTHON
