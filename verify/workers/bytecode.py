"""What a worker imports is compiled once, where it is installed without bytecode, as uv installs.

Workers themselves write none: Python takes bytecode for that of a source whose second and size are the same, so that
whoever edits an optimizer and asks at once would be told of what it was. What is installed, nobody edits.
"""

import py_compile
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType

INSTALLED = {"site-packages", "dist-packages"}
"""The folders that installers write to."""


def keep(known: set[str]) -> None:
    """Compiles what was imported besides the modules that are known; now they all are."""
    if len(sys.modules) != len(known):
        new = [module for name, module in list(sys.modules.items()) if name not in known]
        known.update(sys.modules)
        for source in _uncompiled(new):
            with suppress(Exception):  # the folder is not this user's to write to
                py_compile.compile(source, doraise=True)


def _uncompiled(modules: list[ModuleType]) -> Iterator[str]:
    """The sources of those that are installed and have no bytecode that is as new."""
    for module in modules:
        spec = vars(module).get("__spec__") if isinstance(module, ModuleType) else None
        if isinstance(spec, ModuleSpec) and type(spec.loader) is SourceFileLoader:
            source = Path(spec.origin or "")
            if INSTALLED & {*source.parts} and not _compiled(source):
                yield str(source)


def _compiled(source: Path) -> bool:
    cached = Path(cache_from_source(str(source)))
    return cached.exists() and cached.stat().st_mtime >= source.stat().st_mtime
