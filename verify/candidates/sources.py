"""The files in which a candidate's behaviour stands, so that it is known whether one of them has changed since.

Of a class in an installed release they are those of its own module and of those that it inherits from there; the
release says the rest. Of any other they are all that it has imported from its package or, where it has none, from its
folder.
"""

import hashlib
import inspect
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def digests(files: Iterable[str]) -> dict[str, str]:
    """File → SHA-256 of what stands in it; of one that cannot be read, ""."""
    return {file: _digest(Path(file)) for file in sorted(set(files))}


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def file_of(cls: Any) -> str:
    """The file in which a class stands, or a function, or a program; "" where that is not known."""
    files = _said(cls)
    try:
        return files[-1] if files else inspect.getsourcefile(cls) or ""
    except TypeError:
        return ""


def _said(cls: Any) -> tuple[str, ...]:
    """The files of what is no Python. The import is here, for whoever asks for digests alone needs no numpy."""
    from lawful.verify.candidates.protocol import Maker

    maker = getattr(cls, "maker", None)
    return maker.files if isinstance(maker, Maker) else ()


def sources(cls: Any) -> dict[str, str]:
    """The files of a class, or of a function, each with its SHA-256; none where they cannot be known."""
    if files := _said(cls):
        return digests(files)
    modules = dict.fromkeys(
        c.__module__ for c in getattr(cls, "__mro__", (cls,)) if _root(c.__module__) == _root(cls.__module__)
    )
    own = [_file(module) for module in modules]
    if not own or not all(own):
        return {}
    return digests(own if "site-packages" in Path(own[0]).parts else [*own, *_beside(cls.__module__, own[0])])


def _root(module: str) -> str:
    return module.partition(".")[0]


def _beside(module: str, file: str) -> Iterable[str]:
    """What is imported of the same package, or of the same folder."""
    folder = f"{Path(file).parent}{os.sep}"
    for name, loaded in list(sys.modules.items()):
        place = str(getattr(loaded, "__file__", None) or "")
        if place.endswith(".py") and (
            _root(name) == _root(module) or os.path.abspath(place).startswith(folder)
        ):
            yield os.path.abspath(place)


def _file(module: str) -> str:
    """The Python file of a module that is imported; "" for none."""
    try:
        found = inspect.getsourcefile(sys.modules[module])
    except (KeyError, TypeError):
        return ""
    return str(Path(found).absolute()) if found else ""
