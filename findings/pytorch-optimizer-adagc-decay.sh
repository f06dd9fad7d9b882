#!/usr/bin/env bash
# pytorch_optimizer 4.1.0: what AdaGC does with L2 depends on the order of the parameters.
#
# With `weight_decouple=False` the decay is added to a tensor's gradient when it is that tensor's turn, and in the first
# steps the norm over all parameters is taken anew for each tensor: over gradients of which the earlier ones are decayed
# and the later ones are not yet. With `weight_decouple=True` the order says nothing.
#
# Seen with torch 2.13.0, Python 3.11, CPU: the second of two weights, of 1 and 4, after 3 steps, lr 0.1, weight_decay 1:
#     L2          listed second 3.7005  listed first 3.7026
#     decoupled   listed second 2.7450  listed first 2.7450
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from pytorch_optimizer import AdaGC


def ends(decouple, second_first):
    weights = [torch.nn.Parameter(torch.tensor([value], dtype=torch.float64)) for value in (1.0, 4.0)]
    listed = weights[::-1] if second_first else weights
    optimizer = AdaGC(listed, lr=0.1, weight_decay=1.0, weight_decouple=decouple)
    for gradient in (1.0, 0.3, -2.0):
        for weight in weights:
            weight.grad = torch.full_like(weight, gradient)
        optimizer.step()
    return weights[1].item()


apart = {}
for name, decouple in (("L2", False), ("decoupled", True)):
    second, first = ends(decouple, False), ends(decouple, True)
    print(f"{name:11} listed second {second:.4f}  listed first {first:.4f}")
    apart[name] = abs(second - first)
sys.exit(not (apart["L2"] > 1e-4 and apart["decoupled"] < 1e-12))
PYTHON
