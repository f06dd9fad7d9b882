#!/usr/bin/env bash
# torch-optimizer 0.3.0: `Adafactor` divides the row factors of a stack of matrices by the means of other matrices.
#
# The row factor of a tensor of shape (n, r, c) has shape (n, r), its mean over rows has shape (n), and they are divided as if
# the mean stood in the last dimension. Where n is r, as in Conv1d(8, 8, 3), that goes through: each row is divided by the
# mean of another matrix, and no matrix goes where it would go alone. Where they differ, it raises: Conv2d(3, 64, 3) has no step.
#
# Seen with torch 2.13.0, Python 3.11, CPU: the largest distance between the weights after a first step (lr 0.01) of a stack and of
# its matrices one by one, as a share of the largest step:
#     Conv1d(8, 8, 3)   0.43
#     Conv2d(3, 64, 3)  RuntimeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy torch-optimizer==0.3.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from torch_optimizer import Adafactor


def stepped(gradient):
    p = torch.nn.Parameter(torch.zeros_like(gradient))
    p.grad = gradient.clone()
    # without the clip, which looks at the whole tensor
    Adafactor([p], lr=0.01, relative_step=False, scale_parameter=False, clip_threshold=1e9).step()
    return p.detach()


torch.manual_seed(0)
gradient = torch.randn(8, 8, 3)
together, alone = stepped(gradient), torch.stack([stepped(matrix) for matrix in gradient])
share = float((together - alone).abs().max() / alone.abs().max())
print(f"Conv1d(8, 8, 3)   {share:.2f}")
try:
    stepped(torch.randn(64, 3, 3, 3))
    raised = ""
except RuntimeError as error:
    raised = type(error).__name__
print(f"Conv2d(3, 64, 3)  {raised}")
sys.exit(not (share > 0.1 and raised))
PYTHON
