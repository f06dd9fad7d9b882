"""Strict JSON for answers of workers, the record and the reports, in which NaN and the infinities survive.

JSON has no such numbers, so they are written `{"float": "nan"}`, `{"float": "inf"}` and `{"float": "-inf"}`.
"""

import math
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
NONFINITE = frozenset({"nan", "inf", "-inf"})


def encode(value: Any) -> bytes:
    """The value (dataclasses, containers, numbers, strings) as one line of strictly valid JSON."""
    return msgspec.json.encode(_strict(msgspec.to_builtins(value, str_keys=True, enc_hook=_foreign)))


def decode(line: bytes | str) -> Any:
    """The JSON values that `encode` wrote; dataclasses come back as dictionaries (see `restore`).

    Raises:
        msgspec.DecodeError: it is not JSON.
    """
    return _loose(msgspec.json.decode(line))


def restore(kind: type[T], value: Any) -> T:
    """The dataclass that `decode` left as dictionaries. Fields that `kind` does not know are ignored.

    Raises:
        msgspec.ValidationError: a field is missing or of another type.
    """
    return msgspec.convert(value, kind, str_keys=True)


def _foreign(value: Any) -> Any:
    """What no JSON type holds: numpy's scalars as the Python number, anything else as its `repr`."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else repr(value)


def _strict(value: Any) -> Any:
    """Every value of every record goes through this: three times as fast as a match."""
    if isinstance(value, str):  # lone surrogates are not UTF-8
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, dict):
        return {_strict(key): _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return value


def _loose(value: Any) -> Any:
    match value:
        case {"float": str(text), **rest} if not rest and text in NONFINITE:
            return float(text)
        case dict():
            return {key: _loose(item) for key, item in value.items()}
        case list():
            return [_loose(item) for item in value]
    return value
