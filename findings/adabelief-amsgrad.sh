#!/usr/bin/env bash
# adabelief-pytorch 0.2.1 (the authors' release): with its defaults, `amsgrad=True` changes nothing.
#
# The option is documented as "whether to use the AMSGrad variant of this algorithm". The running maximum is kept, but
# only the update without rectification divides by it, and `rectify=True` is the default: the rectified update divides by
# the plain average again. One large gradient among small ones is what the maximum should remember.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the parameter after 30 steps without and with the maximum:
#     the defaults      -0.1369931069 -0.1369931069 the same
#     rectify=False     -0.2304203771 -0.2187464413 different
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy adabelief-pytorch==0.2.1
"$folder/env/bin/python" - <<'PYTHON'
import contextlib
import io
import sys

import torch
from adabelief_pytorch import AdaBelief


def end(**options):
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    with contextlib.redirect_stdout(io.StringIO()):  # the class prints its options
        optimizer = AdaBelief([p], lr=0.1, betas=(0.5, 0.9), eps=1e-8, print_change_log=False, **options)
    for step in range(1, 31):
        p.grad = torch.tensor([10.0 if step == 6 else 0.1 * (-1) ** step], dtype=torch.float64)
        optimizer.step()
    return p.item()


as_described = True
for name, options, same in (("the defaults", {}, True), ("rectify=False", {"rectify": False}, False)):
    without, maximum = end(**options), end(**options, amsgrad=True)
    print(f"{name:17} {without:.10f} {maximum:.10f} {'the same' if without == maximum else 'different'}")
    as_described &= (without == maximum) == same
sys.exit(not as_described)
PYTHON
