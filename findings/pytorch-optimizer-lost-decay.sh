#!/usr/bin/env bash
# pytorch_optimizer 4.1.0: LaProp, AdamP and SGDP ignore `weight_decay` where it is not decoupled.
#
# `weight_decouple=False` is documented as adding the decay to the gradient. It is added, but after the gradient has
# gone into the averages and the update, so that it acts on nothing. With `weight_decouple=True` it acts.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the parameter after a step from 1 without and with weight_decay=0.5:
#     LaProp  decoupled 0.9000 0.8550 different   in the gradient 0.9000 0.9000 the same
#     AdamP   decoupled 0.9000 0.8500 different   in the gradient 0.9000 0.9000 the same
#     SGDP    decoupled 0.9500 0.9000 different   in the gradient 0.9500 0.9500 the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy pytorch_optimizer==4.1.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
import pytorch_optimizer


def end(cls, **options):
    p = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = cls([p], lr=0.1, **options)
    p.grad = torch.full_like(p, 0.5)
    optimizer.step()
    return p.item()


as_described = True
for name in ("LaProp", "AdamP", "SGDP"):
    said = []
    for decouple, same in ((True, False), (False, True)):
        without, decayed = (
            end(getattr(pytorch_optimizer, name), weight_decay=wd, weight_decouple=decouple) for wd in (0.0, 0.5)
        )
        way = "decoupled" if decouple else "in the gradient"
        said.append(f"{way} {without:.4f} {decayed:.4f} {'the same' if without == decayed else 'different'}")
        as_described &= (without == decayed) == same
    print(f"{name:7} {'   '.join(said)}")
sys.exit(not as_described)
PYTHON
