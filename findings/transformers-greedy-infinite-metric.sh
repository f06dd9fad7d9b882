#!/usr/bin/env bash
# transformers 5.24.0: after a single metric that is infinite, GreedyLR(smooth=True) sees no metric any more.
#
# It looks at the mean of the last window_size metrics, which it keeps as a sum to which each metric is added, and from which
# it is taken away again when it leaves the window. Infinity less infinity is no number, and no number stays in the sum for
# ever: every mean from then on is none, none is better than the best, and the rate falls to min_lr, however well
# training goes. One evaluation that overflows is enough; so is one that is no number. A mean of the window's metrics
# would be right again after window_size of them; and without smoothing that metric counts as any that is not better.
#
# Seen with torch 2.13.0, Python 3.11, CPU; 18 metrics that become better all the time, but for the third, window_size=2; the
# rate after the first, the sixth and the last:
#     18                      0.1 0.8 1
#     infinite                0.1 0.05 0.001
#     no number               0.1 0.05 0.001
#     infinite, not smoothed  0.1 0.4 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy transformers==5.24.0
"$folder/env/bin/python" - <<'PYTHON'
import sys

import torch
from transformers.optimization import GreedyLR


def rates(third, **smoothing):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler = GreedyLR(optimizer, factor=0.5, patience=1, min_lr=0.001, **smoothing)
    found = []
    for metric in [20.0, 19.0, third, *(17.0 - step for step in range(15))]:
        scheduler.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    return found


SMOOTH = {"smooth": True, "window_size": 2}
runs = {
    "18": rates(18.0, **SMOOTH),
    "infinite": rates(float("inf"), **SMOOTH),
    "no number": rates(float("nan"), **SMOOTH),
    "infinite, not smoothed": rates(float("inf")),
}
for name, found in runs.items():
    print(f"{name:23} {' '.join(f'{rate:.3g}' for rate in (found[0], found[5], found[-1]))}")
well, infinite, no_number, plain = runs.values()
sys.exit(not (well[-1] == 1.0 and plain[-1] == 1.0 and infinite[-1] == no_number[-1] == 0.001))
PYTHON
