#!/usr/bin/env bash
# prodigyopt 1.1.2 (the author's release): at beta1 = 0 it is another optimizer than at beta1 close to 0.
#
# The paper's step is the average of d·g, with the d of each gradient's time. Without a first moment the code takes the
# gradient times d, but d has been renewed by then: while the estimate grows, the step is larger by that growth.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the parameter after two steps on gradients of 1:
#     beta1 = 0       -0.000385
#     beta1 = 1e-09   -5.4e-05
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy prodigyopt==1.1.2
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
import prodigyopt

ends = []
for beta1 in (0.0, 1e-9):
    p = torch.zeros(1, dtype=torch.float64)
    optimizer = prodigyopt.Prodigy([p], betas=(beta1, 0.999))
    for step in range(2):
        p.grad = torch.ones_like(p)
        optimizer.step()
    ends.append(p.item())
    print(f"beta1 = {beta1:<8g}{p.item():.3g}")
sys.exit(not ends[0] < 5 * ends[1] < 0)
PYTHON
