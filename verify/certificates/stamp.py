"""What a certificate is made from, as a hash: an answer of `coqc` holds for a law as long as that is the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from sympy import Basic, srepr

from lawful.verify.language.rule import Rule
from lawful.verify.theory.law import Law

WRITERS = ("certificates", "language", "provers")
"""The rooms whose code says how claims become theorems."""


def stamp(law: Law) -> str:
    """SHA-256 of a law's claims and its false neighbour's, as data, and of the code that writes them for Coq."""
    said = [_code(), *_told(law.claimed), *_told([*law.neighbour().claims()])]
    return sha256("\n".join(said).encode()).hexdigest()


@cache
def _code() -> str:
    """The code, hashed."""
    found = (room for name in WRITERS for room in files(f"lawful.verify.{name}").iterdir())
    texts = [file.read_bytes() for file in found if file.name.endswith((".py", ".v"))]
    return sha256(b"".join(sorted(sha256(text).digest() for text in texts))).hexdigest()


def _told(data: Any) -> Iterator[str]:
    """Data, a line for each of its parts."""
    if isinstance(data, Basic):
        yield srepr(data)
    elif isinstance(data, Rule):
        yield from ("rule", data.hash, *_told([*data.domains.items()]))
    elif is_dataclass(data) and not isinstance(data, type):
        yield type(data).__name__
        yield from _told({f.name: getattr(data, f.name) for f in fields(data)})
    elif isinstance(data, Mapping):
        yield from _told([*data.items()])
    elif isinstance(data, Iterable) and not isinstance(data, str):
        parts = [*data]
        yield f"{len(parts)} parts"
        yield from (line for part in parts for line in _told(part))
    else:
        yield repr(data)
