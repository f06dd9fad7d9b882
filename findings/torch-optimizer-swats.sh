#!/usr/bin/env bash
# torch-optimizer 0.3.0: once SWATS has changed over to SGD, its momentum is a tenth of what it should be.
#
# After the change v = beta1·v + g, and a step is (1 − beta1)·Λ·v (arXiv:1712.07628, algorithm 1). Here the buffer itself is
# multiplied by 1 − beta1, in place, for `grad = buf` is no copy: v = (1 − beta1)·(beta1·v + g), and steps end at
# (1 − beta1)/(1 − beta1·(1 − beta1)) = 0.11 of Λ·g, for beta1 = 0.9. pytorch_optimizer 4.1.0 multiplies a copy.
#
# Seen with torch 2.13.0, Python 3.11, CPU: steps of a weight under the gradient 1, lr 0.1, by which it changes over in its
# second step, as shares of lr:
#     torch_optimizer    1.000 1.000 0.100 0.190 0.117 0.111 0.110
#     pytorch_optimizer  1.000 1.000 0.100 0.190 0.271 0.344 0.410
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy torch-optimizer==0.3.0 pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import pytorch_optimizer
import torch
import torch_optimizer


def steps(cls):
    p = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
    optimizer, seen = cls([p], lr=0.1, eps=1e-9), []
    for _ in range(7):
        before = p.detach().clone()
        p.grad = torch.ones_like(p)
        optimizer.step()
        seen.append((before - p.detach())[0].item() / 0.1)
    return seen


seen = {m.__name__: steps(m.SWATS) for m in (torch_optimizer, pytorch_optimizer)}
for name, shares in seen.items():
    print(f"{name:18}", *(f"{share:.3f}" for share in shares))
wrong, right = seen.values()
v, due = 0.0, []
for _ in range(5):
    v = 0.9 * v + 1
    due.append(0.1 * v)
off = [max(abs(a - b) for a, b in zip(path[2:], due)) for path in (wrong, right)]
sys.exit(not (off[0] > 0.1 and off[1] < 1e-6))
PYTHON
