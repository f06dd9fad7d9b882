#!/usr/bin/env bash
# bitsandbytes 0.50.2: RMSprop takes `momentum`, SGD takes `dampening` and `nesterov`, and no step depends on them.
#
# Documented: momentum "speeds up the optimizer by taking bigger steps", dampening "reduces the momentum", nesterov is
# "whether to use Nesterov momentum". `centered=True` of RMSprop is refused; these are taken in silence. The kernels of
# one state have one β, which is alpha in RMSprop and the momentum in SGD.
#
# Seen with torch 2.13.0, Python 3.11, CPU; the first steps under gradients of 1 at lr 1, alpha 0.5:
#     RMSprop, momentum 0                  torch 1.4142 1.1547 1.0690   bitsandbytes 1.4142 1.1547 1.0690
#     RMSprop, momentum 0.9                torch 1.4142 2.4275 3.2538   bitsandbytes 1.4142 1.1547 1.0690
#     SGD, momentum 0.5                    torch 1.0000 1.5000 1.7500   bitsandbytes 1.0000 1.5000 1.7500
#     SGD, momentum 0.5, dampening 0.9     torch 1.0000 0.6000 0.4000   bitsandbytes 1.0000 1.5000 1.7500
#     SGD, momentum 0.5, nesterov          torch 1.5000 1.7500 1.8750   bitsandbytes 1.0000 1.5000 1.7500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy bitsandbytes==0.50.2
"$folder/env/bin/python" - <<'PYTHON'
import sys

import bitsandbytes.optim
import torch

CASES = [
    ("RMSprop, momentum 0", "RMSprop", dict(alpha=0.5), {}),
    ("RMSprop, momentum 0.9", "RMSprop", dict(alpha=0.5), dict(momentum=0.9)),
    ("SGD, momentum 0.5", "SGD", dict(momentum=0.5), {}),
    ("SGD, momentum 0.5, dampening 0.9", "SGD", dict(momentum=0.5), dict(dampening=0.9)),
    ("SGD, momentum 0.5, nesterov", "SGD", dict(momentum=0.5), dict(nesterov=True)),
]


def steps(cls, **options):
    p = torch.nn.Parameter(torch.zeros(8))
    optimizer = cls([p], lr=1.0, **options)
    for _ in range(3):
        before = p.detach().clone()
        p.grad = torch.ones_like(p)
        optimizer.step()
        yield round((before - p.detach())[0].item(), 4)


as_described = True
for title, name, common, extra in CASES:
    torchs, theirs = ([*steps(getattr(library, name), **common, **extra)] for library in (torch.optim, bitsandbytes.optim))
    plain = [*steps(getattr(torch.optim, name), **common)]
    shown = (" ".join(f"{step:.4f}" for step in one) for one in (torchs, theirs))
    print(f"{title:36} {'torch %s   bitsandbytes %s' % tuple(shown)}")
    as_described &= all(abs(a - b) < 1e-3 for a, b in zip(theirs, plain)) and (not extra or torchs != plain)
sys.exit(not as_described)
PYTHON
