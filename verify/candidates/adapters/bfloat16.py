"""Arrays in bfloat16, which numpy does not know of itself: frameworks take and give them by way of float32."""

from typing import Any

import numpy as np

from lawful.verify.candidates.protocol import Array
from lawful.verify.candidates.shell import as_array, as_tensor

NAME = "bfloat16"


def format_of(array: Any) -> str:
    """What a framework calls the format of an array of its own: `bfloat16` of `paddle.bfloat16`."""
    return str(array.dtype).rpartition(".")[2]


def widened(array: Array) -> Array:
    """An array as a framework takes it: in float32 where it is in bfloat16."""
    return array.astype(np.float32) if array.dtype.name == NAME else array


def narrowed(plain: Array, format: str, like: Array) -> Array:
    """What a framework gave of an array of its own in this format: in bfloat16 where both it and another are."""
    return plain.astype(like.dtype) if format == NAME == like.dtype.name else plain


def kept(plain: Array, format: str) -> Array:
    """What a framework gave of an array of its own in this format, in the same."""
    return as_array(as_tensor(plain).bfloat16()) if format == NAME else plain
