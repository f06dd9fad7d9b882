"""Which parameters decay: not biases, not those of normalisation layers, not the user's exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

NORMALIZATIONS = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)


def decay_groups(model: nn.Module, weight_decay: float, exempt: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The model's trainable parameters as at most two groups for an optimizer: with decay, and without.

    Without decay are parameters of at most one dimension, those named `bias`, those of torch's normalisation
    layers, and those of which a name matches a pattern of `exempt` (`"*.pos_embed"`, `*` and `?` as in file names).
    A parameter that has several names (tied weights) is listed once; each of its names can exempt it.

    Raises ValueError if weight_decay is negative or not finite, if a pattern matches no parameter, or if the
    model has nothing to train.
    """
    if not 0 <= weight_decay < float("inf"):
        raise ValueError(f"weight_decay must be one finite number >= 0, got {weight_decay!r}")
    names = _names(model)
    for pattern in exempt:
        if not any(_matches(own, [pattern]) for own in names.values()):
            raise ValueError(f"exempt: no parameter of {type(model).__name__} matches {pattern!r}")
    normalizing = _of_normalizations(model)
    groups: dict[float, list[nn.Parameter]] = {weight_decay: [], 0.0: []}
    for p, own in names.items():
        spared = p.ndim <= 1 or p in normalizing or _matches(own, ["bias", "*.bias", *exempt])
        if p.requires_grad:
            groups[0.0 if spared else weight_decay].append(p)
    if not any(groups.values()):
        raise ValueError(f"{type(model).__name__} has no parameter to train")
    return [{"params": params, "weight_decay": decay} for decay, params in groups.items() if params]


def _names(model: nn.Module) -> dict[nn.Parameter, list[str]]:
    """Every parameter with all of its names."""
    names: dict[nn.Parameter, list[str]] = {}
    for name, p in model.named_parameters(remove_duplicate=False):
        names.setdefault(p, []).append(name)
    return names


def _of_normalizations(model: nn.Module) -> set[nn.Parameter]:
    layers = (module for module in model.modules() if isinstance(module, NORMALIZATIONS))
    return {p for layer in layers for p in layer.parameters(recurse=False)}


def _matches(names: list[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
