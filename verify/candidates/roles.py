"""The roles of a model's parameters, told from the layers that hold them, their names and their shapes."""

from collections.abc import Iterator, Mapping

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

NORMS = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
LAYERS = (nn.Linear, nn.Bilinear, _ConvNd)
TABLES = (nn.Embedding, nn.EmbeddingBag)


def roles(model: nn.Module) -> Mapping[nn.Parameter, frozenset[str]]:
    """Each parameter once, with all of its roles: a tied weight has one for each of its places."""
    found: dict[nn.Parameter, set[str]] = {}
    for place, layer in model.named_modules(remove_duplicate=False):
        for name, p in layer._parameters.items():
            if p is not None:
                found.setdefault(p, set()).update(_roles(layer, place.split(".")[-1], name, p))
    for p in _exempt(model):
        found[p].add("exempt")
    return {p: frozenset(own) for p, own in found.items()}


def names(model: nn.Module) -> Mapping[nn.Parameter, str]:
    """Each parameter with all of its names."""
    found: dict[nn.Parameter, list[str]] = {}
    for name, p in model.named_parameters(remove_duplicate=False):
        found.setdefault(p, []).append(name)
    return {p: " = ".join(own) for p, own in found.items()}


def _roles(layer: nn.Module, place: str, name: str, p: nn.Parameter) -> set[str]:
    vector = sum(size != 1 for size in p.shape) <= 1
    if {"bias", "biases"} & {*_words(name), *_words(place)}:
        return {"biases"}
    if isinstance(layer, NORMS) or (vector and "norm" in type(layer).__name__.lower()):
        return {"norms"}
    if isinstance(layer, TABLES) and name == "weight":
        return {"embeddings", *(["positions"] if _is_position(place) else [])}
    of_a_layer = isinstance(layer, LAYERS) and name == "weight"
    if vector and not of_a_layer:
        return {"vectors"}
    return {"positions" if _is_position(name) or _is_token(name) else "matrices"}


def _words(name: str) -> list[str]:
    return name.lower().split("_")


def _is_position(name: str) -> bool:
    """`pos_embed`, `position_embeddings`, `wpe`."""
    return bool(POSITIONS & {*_words(name)})


def _is_token(name: str) -> bool:
    """`register_tokens`."""
    return _words(name)[-1] in ("token", "tokens")


POSITIONS = {"pos", "position", "positions", "positional", "wpe"}


def _exempt(model: nn.Module) -> Iterator[nn.Parameter]:
    for part in model.modules():
        if callable(said := getattr(part, "no_weight_decay", None)):
            own = dict(part.named_parameters(remove_duplicate=False))
            yield from (own[name] for name in said() if name in own)
