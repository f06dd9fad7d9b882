"""The modules of a package, imported: how rules, laws, claims and properties are found by being there."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def modules(package: str) -> Iterator[ModuleType]:
    """Every module of a package and of those within it, but for tests."""
    path = importlib.import_module(package).__path__
    for info in pkgutil.walk_packages(path, package + "."):
        if not info.name.rpartition(".")[2].startswith("test_"):
            yield importlib.import_module(info.name)
