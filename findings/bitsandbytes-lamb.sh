#!/usr/bin/env bash
# bitsandbytes 0.50.2: LAMB does not scale its step by the trust ratio ‖x‖/‖u‖; it never takes a longer step than Adam's.
#
# LAMB (arXiv 1904.00962) makes the step of each tensor lr·‖x‖ long. Here the ratio is min(1, max_unorm·‖x‖/‖u‖), with
# ‖u‖ taken of the update without its bias correction: a tensor longer than its update takes Adam's step exactly, and a
# shorter one less than LAMB's. LAMB8bit is Adam8bit in any case (its documentation says that the norm is not looked at there).
#
# Seen with torch 2.13.0, Python 3.11, CPU; the first step of 4 weights of one size from gradients of 1 at lr 0.1, beside
# what the paper says (0.1·size) and Adam:
#     size 100.0   LAMB 0.1000   paper 10.0000   Adam 0.1000
#     size 10.0    LAMB 0.1000   paper 1.0000   Adam 0.1000
#     size 0.5     LAMB 0.0158   paper 0.0500   Adam 0.1000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy bitsandbytes==0.50.2
"$folder/env/bin/python" - <<'PYTHON'
import sys

import bitsandbytes
import torch


def moved(cls, size):
    p = torch.nn.Parameter(torch.full((4,), size))
    optimizer = cls([p], lr=0.1)
    p.grad = torch.ones_like(p)
    optimizer.step()
    return round(size - p[0].item(), 4)


as_described = True
for size, described in ((100.0, 0.1), (10.0, 0.1), (0.5, 0.0158)):
    lamb, adam = moved(bitsandbytes.optim.LAMB, size), moved(bitsandbytes.optim.Adam, size)
    print(f"size {size:<7} LAMB {lamb:.4f}   paper {0.1 * size:.4f}   Adam {adam:.4f}")
    as_described &= (lamb, adam) == (described, 0.1)
sys.exit(not as_described)
PYTHON
