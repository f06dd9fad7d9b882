"""Functions that divide a model's parameters into groups with and without weight decay; what is wrong with each."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from lawful.optimizers.decay import decay_groups

Groups = list[dict[str, Any]]


def grouped(model: nn.Module, weight_decay: float, spared: set[nn.Parameter]) -> Groups:
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p not in spared], "weight_decay": weight_decay},
        {"params": [p for p in trained if p in spared], "weight_decay": 0.0},
    ]


def as_an_optimizer(model: nn.Module, weight_decay: float = 0.1) -> torch.optim.Optimizer:
    """Right: the groups of an optimizer, whose default is the decay of those that say nothing."""
    decaying, *others = decay_groups(model, weight_decay)
    return torch.optim.AdamW([{"params": decaying["params"]}, *others], weight_decay=weight_decay)


def with_decay_by_another_name(model: nn.Module, wd: float) -> Groups:
    return decay_groups(model, wd)


def small_model() -> nn.Module:
    """A table of relative positions, which a number of dimensions takes for a matrix."""
    model = nn.Linear(3, 2)
    model.relative_position_bias_table = nn.Parameter(torch.zeros(9, 2))
    return model


# -------------------------------------------------------------------------------------------- what is wrong
def by_dimensions(model: nn.Module, weight_decay: float) -> Groups:
    return grouped(model, weight_decay, {p for p in model.parameters() if p.ndim < 2})


def by_name_and_torchs_norms(model: nn.Module, weight_decay: float) -> Groups:
    """Without what the model says, tables, tokens and gains."""
    norms = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
    layers = [layer for layer in model.modules() if isinstance(layer, norms)]
    spared = {p for layer in layers for p in layer.parameters(recurse=False)}
    spared |= {p for name, p in model.named_parameters() if p.ndim <= 1 or name.endswith("bias")}
    return grouped(model, weight_decay, spared)


def spares_embeddings(model: nn.Module, weight_decay: float) -> Groups:
    return decay_groups(model, weight_decay, embeddings=False)


def spares_heads(model: nn.Module, weight_decay: float) -> Groups:
    """A linear layer with one output is no vector."""
    spared = {p for p in model.parameters() if sum(size > 1 for size in p.shape) <= 1}
    known = {
        p for group in decay_groups(model, weight_decay) for p in group["params"] if not group["weight_decay"]
    }
    return grouped(model, weight_decay, spared | known)


def ignores_the_model(model: nn.Module, weight_decay: float) -> Groups:
    return decay_groups(nn.ModuleList(model.children()), weight_decay) + [
        {"params": [p], "weight_decay": weight_decay if p.ndim > 1 else 0.0}
        for p in model.parameters(recurse=False)
        if p.requires_grad
    ]


def loses_scalars(model: nn.Module, weight_decay: float) -> Groups:
    return [
        {**group, "params": [p for p in group["params"] if p.ndim]}
        for group in decay_groups(model, weight_decay)
    ]


def repeats_what_is_tied(model: nn.Module, weight_decay: float) -> Groups:
    decaying, *others = decay_groups(model, weight_decay)
    tied = [
        p for name, p in model.named_parameters(remove_duplicate=False) if "head" in name or "decoder" in name
    ]
    return [
        {**decaying, "params": [*decaying["params"], *(p for p in tied if p in set(decaying["params"]))]},
        *others,
    ]


def halves(model: nn.Module, weight_decay: float) -> Groups:
    return [
        {**group, "weight_decay": group["weight_decay"] / 2} for group in decay_groups(model, weight_decay)
    ]
