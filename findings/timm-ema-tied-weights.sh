#!/usr/bin/env bash
# timm 1.0.31: ModelEmaV2 and ModelEmaV3 average a weight that is tied once for each of its names, so twice in each update.
#
# They go through the values of two state dicts, in which a tensor that stands at two places stands twice. An average with
# the decay d of such a weight has the decay d² instead, and its embedding looks back half as far as all other weights.
# Models of language tie the weights of their embeddings and of their heads. ModelEma, which they replaced, goes through the
# dicts as well, and does the same.
#
# Seen with torch 2.13.0, Python 3.11, CPU; of a weight that goes from 1 to 2 and stays, with decay=0.5, after one update:
#     ModelEma    tied 1.75, alone 1.5
#     ModelEmaV2  tied 1.75, alone 1.5
#     ModelEmaV3  tied 1.75, alone 1.5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/env/bin/python" -m pip install --quiet --no-deps timm==1.0.31
"$folder/env/bin/python" - <<'PYTHON'
import importlib.util
import sys

# The averages alone: the rest of timm imports torchvision.
spec = importlib.util.find_spec("timm")
place = spec.submodule_search_locations[0]
alone = importlib.util.spec_from_file_location("model_ema", f"{place}/utils/model_ema.py")
model_ema = importlib.util.module_from_spec(alone)
alone.loader.exec_module(model_ema)

import torch


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.head = torch.nn.Embedding(3, 2), torch.nn.Linear(2, 3, bias=False)
        self.head.weight = self.embedding.weight
        self.alone = torch.nn.Linear(2, 3, bias=False)

    def fill(self, value):
        for weight in self.parameters():
            torch.nn.init.constant_(weight, value)


as_described = True
for name in ("ModelEma", "ModelEmaV2", "ModelEmaV3"):
    model = Tied()
    model.fill(1.0)
    average = getattr(model_ema, name)(model, decay=0.5)
    model.fill(2.0)
    average.update(model)
    kept = getattr(average, "module", None) or average.ema
    tied, alone = kept.embedding.weight[0, 0].item(), kept.alone.weight[0, 0].item()
    print(f"{name:10}  tied {tied}, alone {alone}")
    as_described &= (tied, alone) == (1.75, 1.5)
sys.exit(not as_described)
PYTHON
