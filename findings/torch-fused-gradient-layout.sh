#!/usr/bin/env bash
# torch 2.13.0 (CPU): with fused=True, SGD, Adam, AdamW and Adagrad give elements the gradients of other elements where a
# gradient lies otherwise in memory than its parameter.
#
# backward() lays gradients out as their parameters. torch.autograd.grad does not: the gradient of w by (w.T · c).sum()
# is cᵀ, which it gives as a transposed view. Assigned to w.grad, it has w's shape and the right numbers, and the loop
# and foreach take it so. The fused kernels read its memory from the beginning, as if it were contiguous. Nothing warns.
#
# Seen with Python 3.11: the first step on a weight of zeros, in units of −lr, where the gradient is 1 2 3 / 4 5 6:
#     SGD      loop     1 2 3 / 4 5 6
#     SGD      foreach  1 2 3 / 4 5 6
#     SGD      fused    1 4 2 / 5 3 6
# and likewise Adagrad, Adam, AdamW, told here by the state that they accumulate.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch

RIGHT, WRONG = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]


def used(name, **path):
    """The gradients that a first step has used, element by element."""
    weight = torch.zeros(2, 3, requires_grad=True)
    optimizer = getattr(torch.optim, name)([weight], lr=1.0, **path)
    factors = torch.tensor([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])
    (weight.grad,) = torch.autograd.grad((weight.T * factors).sum(), weight)
    assert weight.grad.flatten().tolist() == RIGHT
    optimizer.step()
    if name == "SGD":
        return (-weight).flatten().tolist()
    kept = optimizer.state[weight]
    squares = kept["sum"] if name == "Adagrad" else kept["exp_avg_sq"] / 0.001
    return [round(v, 3) for v in squares.sqrt().flatten().tolist()]


as_described = True
for name in ("SGD", "Adagrad", "Adam", "AdamW"):
    for path in ({"foreach": False}, {"foreach": True}, {"fused": True}):
        seen = used(name, **path)
        which = "fused" if path.get("fused") else "foreach" if path["foreach"] else "loop"
        print(f"{name:8} {which:8}", seen)
        as_described &= seen == (WRONG if which == "fused" else RIGHT)
sys.exit(not as_described)
PYTHON
