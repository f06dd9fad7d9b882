"""Which parameters decay: not biases, not those of normalisation layers, no single vectors, not the model's exceptions
nor the user's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

NORMALIZATIONS = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
MATRICES = (nn.Linear, nn.Bilinear, _ConvNd)
"""Layers whose `weight` is a matrix, or a stack of such, though it may have a single row or column."""

BIASES = re.compile(r"(^|_)bias(es)?(_|\d|$)")
"""`bias`, `bias_k`, `attention_biases`, `relative_position_bias_table`; a layer that is called so holds one too."""

POSITIONS, TOKENS = (
    re.compile(r"(^|_)(pos|position|positions|positional)(_|$)|^wpe$"),
    re.compile(r"(^|_)tokens?$"),
)
"""`pos_embed`, `position_embeddings`, `wpe`; and `cls_token`, which an embedding of tokens is none of."""


def decay_groups(
    model: nn.Module,
    weight_decay: float,
    exempt: Sequence[str] = (),
    *,
    embeddings: bool = True,
    positions: bool = True,
) -> list[dict[str, Any]]:
    """The model's trainable parameters as at most two groups for an optimizer: with decay, and without.

    Without decay are biases (of attention, tables of relative positions and `bias_k` too), the parameters of
    normalisation layers, single vectors, whatever dimensions of 1 they have besides (a layer's `weight` is none), those
    that the model or a part of it names in `no_weight_decay()`, and those of which a name matches a pattern of `exempt`
    (`"*.pos_embed"`, `*` and `?` as in file names). A parameter that has several names (tied weights) is listed once;
    each of its names can exempt it.

    Args:
        model: any module.
        weight_decay: of the first group.
        exempt: patterns of names.
        embeddings: whether the weights of `nn.Embedding` decay, positional ones too.
        positions: whether positional embeddings and tokens do, by their names.

    Raises ValueError if weight_decay is negative or not finite, if a pattern matches no parameter, or if the
    model has nothing to train.
    """
    if not 0 <= weight_decay < float("inf"):
        raise ValueError(f"weight_decay must be one finite number >= 0, got {weight_decay!r}")
    names = _names(model)
    for pattern in exempt:
        if not any(_matches(own, [pattern]) for own in names.values()):
            raise ValueError(f"exempt: no parameter of {type(model).__name__} matches {pattern!r}")
    spared = {
        p
        for holder, name, p in _held(model)
        if _is_spared(holder, name, p) or (not positions and _is_position(name, holder))
    }
    spared |= set() if embeddings else _of(model, (nn.Embedding, nn.EmbeddingBag))
    said = [*exempt, *_said(model)]
    groups: dict[float, list[nn.Parameter]] = {weight_decay: [], 0.0: []}
    for p, own in names.items():
        if p.requires_grad:
            groups[0.0 if p in spared or _matches(own, said) else weight_decay].append(p)
    if not any(groups.values()):
        raise ValueError(f"{type(model).__name__} has no parameter to train")
    return [{"params": params, "weight_decay": decay} for decay, params in groups.items() if params]


def _names(model: nn.Module) -> dict[nn.Parameter, list[str]]:
    """Every parameter with all of its names."""
    names: dict[nn.Parameter, list[str]] = {}
    for name, p in model.named_parameters(remove_duplicate=False):
        names.setdefault(p, []).append(name)
    return names


def _held(model: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Parameter]]:
    """Every parameter with the layer that holds it, and the last two parts of each of its names."""
    for place, layer in model.named_modules(remove_duplicate=False):
        for name, p in layer.named_parameters(recurse=False, remove_duplicate=False):
            yield layer, f"{place.rpartition('.')[2]}.{name}", p


def _is_spared(layer: nn.Module, name: str, p: nn.Parameter) -> bool:
    if any(BIASES.search(part) for part in name.split(".")) or _normalizes(layer):
        return True
    weight = name.endswith(".weight") and isinstance(layer, (*MATRICES, nn.Embedding, nn.EmbeddingBag))
    return sum(size > 1 for size in p.shape) <= 1 and not weight


def _normalizes(layer: nn.Module) -> bool:
    """Whether it is a normalisation: one of torch's, or one that is called so and holds nothing but vectors."""
    called = "norm" in type(layer).__name__.lower()
    vectors = all(sum(size > 1 for size in p.shape) <= 1 for p in layer.parameters())
    return isinstance(layer, NORMALIZATIONS) or (called and vectors)


def _is_position(name: str, layer: nn.Module) -> bool:
    place, _, own = name.rpartition(".")
    if isinstance(layer, nn.Embedding):
        return bool(POSITIONS.search(place))
    return bool(POSITIONS.search(own) or TOKENS.search(own))


def _of(model: nn.Module, kinds: tuple[type[nn.Module], ...]) -> set[nn.Parameter]:
    layers = (module for module in model.modules() if isinstance(module, kinds))
    return {p for layer in layers for p in layer.parameters(recurse=False)}


def _said(model: nn.Module) -> list[str]:
    """The full names of what the model and its parts name in `no_weight_decay()`."""
    found = []
    for place, part in model.named_modules():
        if callable(said := getattr(part, "no_weight_decay", None)):
            found += [f"{place}.{name}".removeprefix(".") for name in said()]
    return found


def _matches(names: list[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
