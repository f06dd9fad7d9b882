#!/usr/bin/env bash
# transformers 5.24.0: the rates at which schedules should end are not reached by groups that have a rate of their own.
#
# get_polynomial_decay_schedule_with_warmup decreases "from the initial lr set in the optimizer to end lr defined by
# lr_end", get_cosine_with_min_lr_schedule_with_warmup "between the initial lr set in the optimizer to min_lr". Both work
# with the optimizer's default rate for all groups: what is reached is the group's rate times lr_end, or min_lr, divided by
# that default. Here one group has the default, and the other, such as a head has, ten times that; both should end at 1e-4.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the rates after the last step:
#     polynomial       0.000100 0.001000
#     cosine, min_lr   0.000100 0.001000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy transformers==5.24.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from transformers import get_polynomial_decay_schedule_with_warmup
from transformers.optimization import get_cosine_with_min_lr_schedule_with_warmup

END, STEPS = 1e-4, 20
as_described = True
for name, make, ends in (
    ("polynomial", get_polynomial_decay_schedule_with_warmup, {"lr_end": END}),
    ("cosine, min_lr", get_cosine_with_min_lr_schedule_with_warmup, {"min_lr": END}),
):
    body, head = torch.nn.Parameter(torch.zeros(1)), torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([{"params": [body]}, {"params": [head], "lr": 1e-2}], lr=1e-3)
    scheduler = make(optimizer, num_warmup_steps=2, num_training_steps=STEPS, **ends)
    for _ in range(STEPS):
        optimizer.step()
        scheduler.step()
    rates = [group["lr"] for group in optimizer.param_groups]
    print(f"{name:16} {' '.join(f'{rate:.6f}' for rate in rates)}")
    as_described &= abs(rates[0] - END) < 1e-12 and abs(rates[1] - 10 * END) < 1e-12
sys.exit(not as_described)
PYTHON
