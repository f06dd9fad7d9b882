"""Kernels kept from process to process, in the user's cache directory: to follow and to compile a step takes as long as
twenty plain ones, and each worker would do it anew.

What is kept belongs to the sources of the oracle, to the versions of what it calls and to the processor. It may be
deleted at any time, and written by many processes at once: a file is there as a whole, or not at all. What cannot be
read, or written, is made anew. `LAWFUL_CACHE` names another directory, or none if it is empty.
"""

import os
import pickle
import platform
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

import lawful.verify.language
import lawful.verify.oracle

SOURCES = (lawful.verify.oracle, lawful.verify.language)
"""The packages on which it depends what a rule is compiled to."""

KERNELS = "kernels"

UNUSED = 30 * 86_400.0
"""Seconds after which what other sources have left is deleted."""


def read(key: str) -> list[Any]:
    """What was kept under a key: nothing, if that cannot be read."""
    folder = _folder()
    with suppress(Exception):  # whatever another version, or a disk that was full, has left there
        if folder is not None and (path := folder / key).is_file():
            return list(pickle.loads(path.read_bytes()))
    return []


def write(key: str, things: Sequence[Any]) -> None:
    """Keeps some things under a key."""
    if (folder := _folder()) is None:
        return
    with suppress(OSError, pickle.PicklingError):
        if not folder.exists():
            _delete_unused(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(pickle.dumps(list(things)))
        os.replace(file.name, folder / key)


def _folder() -> Path | None:
    """Where the things of these sources, versions and processor are."""
    home = os.environ.get("LAWFUL_CACHE")
    if home is None:
        home = str(user_cache_path("lawful"))
    return Path(home) / KERNELS / _made_with() if home else None


def _delete_unused(folder: Path) -> None:
    for other in folder.glob("*/"):
        if other.stat().st_mtime < time.time() - UNUSED:
            shutil.rmtree(other, ignore_errors=True)


@cache
def _made_with() -> str:
    from lawful.verify.oracle.fused.machine import machine

    versions = [version(name) for name in ("torch", "sympy", "numpy", "llvmlite")]
    parts = [platform.python_version(), *versions, *machine()]
    files = sorted(path for package in SOURCES for path in Path(package.__path__[0]).rglob("*.py"))
    return sha256(
        b"\n".join([*(part.encode() for part in parts), *(path.read_bytes() for path in files)])
    ).hexdigest()
