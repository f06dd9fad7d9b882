"""What an optimizer saves: a tree of mappings and sequences, in whatever form its framework gives it."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from itertools import takewhile
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lawful.verify.candidates.shell import as_tensor

Place = tuple[Any, ...]
"""The keys that lead to a leaf."""


def leaves(tree: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every leaf with its place."""
    if _is_leaf(tree):
        yield at, tree
    else:
        for key, part in _parts(tree):
            yield from leaves(part, (*at, key))


def _is_leaf(tree: Any) -> bool:
    """A list of floats is an array, as programs of any language write it."""
    if isinstance(tree, list) and tree:
        return all(type(number) is float for number in tree)
    return not isinstance(tree, Mapping | list | tuple)


def _parts(tree: Any) -> list[tuple[Any, Any]]:
    if isinstance(tree, Mapping):
        return list(tree.items())
    if hasattr(tree, "_fields"):
        return list(zip(tree._fields, tree, strict=True))
    return list(enumerate(tree)) if isinstance(tree, list | tuple) else []


def rebuilt(tree: Any, values: Mapping[Place, Any], at: Place = ()) -> Any:
    """A tree of the same form with other leaves at these places."""
    if _is_leaf(tree):
        return values.get(at, tree)
    if isinstance(tree, Mapping):
        found: Any = copy(tree)
        found.update({key: rebuilt(part, values, (*at, key)) for key, part in tree.items()})
        return found
    parts = [rebuilt(part, values, (*at, key)) for key, part in _parts(tree)]
    return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)


def numbers(leaf: Any) -> Tensor | None:
    """A leaf's numbers in float64; None if it is no number and has none."""
    if isinstance(leaf, bool):
        return None
    if isinstance(leaf, int | float):
        return torch.tensor(float(leaf), dtype=torch.float64)
    if isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fiuV" and leaf.dtype.names is None:
        leaf = as_tensor(leaf.astype(np.int64) if leaf.dtype.kind in "iu" else leaf)
    if isinstance(leaf, list):
        leaf = torch.tensor(leaf, dtype=torch.float64)
    return leaf.detach().to(torch.float64).clone() if isinstance(leaf, Tensor) else None


def like(leaf: Any, values: Tensor) -> Any:
    """Numbers in a leaf's kind, format and shape; one number as often as there is place."""
    if values.numel() == 1 and isinstance(leaf, Tensor | np.ndarray):
        values = values.reshape(-1).expand(int(np.prod(leaf.shape)))
    if isinstance(leaf, Tensor):
        return values.reshape(leaf.shape).to(leaf.dtype)
    if isinstance(leaf, np.ndarray):
        return values.reshape(leaf.shape).numpy().astype(leaf.dtype)
    return values.reshape(-1).tolist() if isinstance(leaf, list) else type(leaf)(values.item())


def name_of(places: Sequence[Place]) -> str:
    """What the places of one quantity of each parameter have in common: `exp_avg`, `0.mu`, `*_moment1_0`."""
    if len({*map(len, places)}) > 1:
        return ".".join(map(str, places[0]))
    parts = (_common(keys) for keys in zip(*places, strict=True))
    return ".".join(filter(None, parts)) or ".".join(map(str, places[0]))


def _common(keys: Sequence[Any]) -> str:
    """A key that all have, or what texts begin and end with; "" where numbers tell parameters apart."""
    if len({*keys}) == 1:
        return str(keys[0])
    if not all(isinstance(key, str) for key in keys):
        return ""
    start = _begun(keys)
    end = _begun([key[len(start) :][::-1] for key in keys])[::-1]
    return f"{start}*{end}" if start or end else ""


def _begun(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    alike = takewhile(lambda letters: len({*letters}) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in alike)
