#!/usr/bin/env bash
# torch 2.13.0: on the CPU, ShardedGradScaler grows its scale to infinity, and skips every step from then on.
#
# Where gradients are small, as those of small losses are, no step overflows, and the scale is doubled again and again.
# GradScaler stops at the largest that float32 holds (pytorch/pytorch#98828). ShardedGradScaler has an update of its own
# for scales on the CPU, which does not. Half of infinity is infinity: there is no way back.
#
# Seen with Python 3.11, CPU, one process; one weight, a gradient of 1e-9, a scale of 2**126 that grows at every step:
#     GradScaler         scales 1.7e+38 1.7e+38 1.7e+38 1.7e+38, 4 of 4 steps made
#     ShardedGradScaler  scales 1.7e+38 inf inf inf, 2 of 4 steps made
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import math
import sys

import torch
import torch.distributed as dist
from torch.distributed.fsdp.sharded_grad_scaler import ShardedGradScaler

dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)


def grown(scaler):
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1e9)
    scales, made = [], 0
    for _ in range(4):
        before = weight.item()
        optimizer.zero_grad()
        scaler.scale(weight.sum() * 1e-9).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
        made += weight.item() != before
    said = " ".join(f"{scale:.2g}" for scale in scales)
    print(f"{type(scaler).__name__:<18} scales {said}, {made} of 4 steps made")
    return scales, made


whole = grown(torch.amp.GradScaler("cpu", 2.0**126, growth_interval=1))
sharded = grown(ShardedGradScaler("cpu", 2.0**126, growth_interval=1, process_group=dist.group.WORLD))
dist.destroy_process_group()
sys.exit(not (whole == ([2.0**127] * 4, 4) and sharded == ([2.0**127, *[math.inf] * 3], 2)))
PYTHON
