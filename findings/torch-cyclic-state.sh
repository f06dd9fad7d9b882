#!/usr/bin/env bash
# torch 2.13.0: CyclicLR takes an entry out of the state that it loads, so that it cannot be loaded twice.
#
# `load_state_dict` pops `_scale_fn_custom` from the dictionary that it is given. A checkpoint that is kept in memory, to go
# back to it more than once, is good for one time. LambdaLR had the same fault once, and no longer has.
#
# Seen with Python 3.11, CPU:
#     CyclicLR  loses _scale_fn_custom, loaded again: KeyError
#     LambdaLR  loses nothing, loaded again: well
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch
from torch.optim.lr_scheduler import CyclicLR, LambdaLR


def loaded_twice(make):
    scheduler = make(torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9))
    state = scheduler.state_dict()
    entries = set(state)
    scheduler.load_state_dict(state)
    lost = ", ".join(sorted(entries - set(state))) or "nothing"
    try:
        scheduler.load_state_dict(state)
    except KeyError:
        return lost, "KeyError"
    return lost, "well"


cyclic = loaded_twice(lambda optimizer: CyclicLR(optimizer, 0.01, 0.1))
lambdas = loaded_twice(lambda optimizer: LambdaLR(optimizer, lambda t: 0.9**t))
for name, (lost, again) in (("CyclicLR", cyclic), ("LambdaLR", lambdas)):
    print(f"{name}  loses {lost}, loaded again: {again}")
sys.exit(not (cyclic == ("_scale_fn_custom", "KeyError") and lambdas == ("nothing", "well")))
PYTHON
