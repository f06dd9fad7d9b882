#!/usr/bin/env bash
# timm 1.0.31: a step of CosineLRScheduler at which a cycle begins anew may have the least rate, and not the largest.
#
# With `cycle_mul` other than 1 the number of the cycle is the whole part of a logarithm, which rounding may put just below
# the whole number that it is: log(243, 3) = 4.999... . Such a restart comes a step late, and the step itself belongs to
# the end of the cycle before it: its rate is `lr_min`, 0 by default, and that step of the optimizer changes nothing.
# PolyLRScheduler counts in the same way. Where the logarithm is exact, as of powers of 2, restarts are where they belong.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the rate at a restart, one step before and one after, where the largest is 1:
#     t_initial=10, cycle_mul=2   step 310    0.00010 1.00000 0.99998
#     t_initial=10, cycle_mul=3   step 1210   0.00000 0.00000 1.00000
#     t_initial=1,  cycle_mul=10  step 111    0.00025 0.00000 1.00000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps timm==1.0.31
"$folder/env/bin/python" - <<'PYTHON'
import importlib.util
import sys

# The schedulers alone: the rest of timm imports torchvision.
package = importlib.util.module_from_spec(importlib.util.find_spec("timm"))
sys.modules["timm"] = package

import torch
from timm.scheduler import CosineLRScheduler

as_described = True
for t_initial, cycle_mul, restart, right in ((10, 2, 310, True), (10, 3, 1210, False), (1, 10, 111, False)):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = CosineLRScheduler(optimizer, t_initial, cycle_mul=float(cycle_mul), cycle_limit=9)
    rates = []
    for step in (restart - 1, restart, restart + 1):
        scheduler.step(step)
        rates.append(optimizer.param_groups[0]["lr"])
    said = " ".join(f"{rate:.5f}" for rate in rates)
    print(f"t_initial={f'{t_initial},':3} cycle_mul={cycle_mul:<2}  step {restart:<5}  {said}")
    as_described &= (rates[1] == 1.0) == right and (rates[1] == 0.0) != right
sys.exit(not as_described)
PYTHON
