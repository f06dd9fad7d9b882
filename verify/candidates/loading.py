"""From a target to a class: `package.module:Class`, `file.py:Class`, a bundled name or a program. Runs its module."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from lawful.verify.candidates.adapting import around
from lawful.verify.candidates.frameworks import classed, installed_by, prepared
from lawful.verify.candidates.places import DOTTED, FORMS, command_of, parted, refuse_place
from lawful.verify.errors import Unanswerable, nearest, told, unknown
from lawful.verify.language.names import normal


def load(target: str) -> type:
    """The class that a target names, or the class of what the function makes that it names, or a wrapper around another
    target.

    Raises:
        Unanswerable: nothing of that name, a module that fails to import, a class or a function that is no optimizer.
    """
    return classed(meant(target), target)


def meant(target: str) -> Any:
    """What a target names, whatever it is; a class where it is a wrapper around a target.

    Raises:
        Unanswerable: nothing of that name, or a module that fails to import.
    """
    if command := command_of(target):
        return command
    outer, inner = parted(target)
    place, colon, name = outer.rpartition(":")
    found = _attribute(module(place), name, place) if colon else bundled(name)
    return around(found, load(inner), target) if inner else found


def looked_up(target: Any) -> Any:
    """What a target names (see `meant`); itself, if it is no text."""
    return meant(target) if isinstance(target, str) else target


def given(arguments: Mapping[str, Any] | None) -> dict[str, Any]:
    """Arguments that a user says, with what their texts name (see `named`)."""
    return {name: named(value) for name, value in (arguments or {}).items()}


def named(value: Any) -> Any:
    """What the text of an argument means: the object of a dotted name that can be imported, else the text itself.

    Raises:
        Unanswerable: the module of such a name has nothing of that name.
    """
    if not (isinstance(value, str) and DOTTED.fullmatch(value)):
        return value
    place, _, name = value.replace(":", ".").rpartition(".")
    try:
        return _attribute(importlib.import_module(place), name, place, "object")
    except ImportError:
        return value


def bundled(name: str) -> Any:
    """The bundled optimizer of a name.

    Raises:
        Unanswerable: there is none.
    """
    from lawful.optimizers import available

    classes = {normal(n): c for n, c in available().items()}
    if normal(name) not in classes:
        raise unknown("target", name, [*available(), *FORMS])
    return classes[normal(name)]


def _attribute(found: ModuleType, name: str, place: str, kind: str = "optimizer") -> Any:
    try:
        return getattr(found, name)
    except AttributeError:
        steps = [n for n, c in vars(found).items() if isinstance(c, type) and hasattr(c, "step")]
        raise unknown(f"{kind} in {place}", name, steps if kind == "optimizer" else vars(found)) from None


def module(place: str) -> ModuleType:
    """The module of a dotted name or of a Python file, imported.

    Raises:
        Unanswerable: there is none, or it fails to import.
    """
    refuse_place(place)
    prepared(place)
    path = Path(place)
    return _module_of_file(path) if path.suffix == ".py" else _imported(place, place)


def _module_of_file(path: Path) -> ModuleType:
    parts, root = [path.stem], path.resolve().parent
    while (root / "__init__.py").exists():
        parts, root = [root.name, *parts], root.parent
    sys.path.insert(0, str(root))
    return _imported(".".join(parts), str(path)) if len(parts) > 1 else _executed(path)


def _executed(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unanswerable(f"{path} cannot be loaded as Python.")
    found = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = found
    _guarded(lambda: spec.loader.exec_module(found), str(path))  # type: ignore[union-attr]
    return found


def _imported(name: str, shown: str) -> ModuleType:
    return _guarded(lambda: importlib.import_module(name), shown)  # type: ignore[no-any-return]


def _guarded(action: Callable[[], Any], shown: str) -> Any:
    try:
        return action()
    except ModuleNotFoundError as error:
        missing = error.name or ""
        meant = shown.startswith(missing) and nearest(missing, _siblings(missing))
        hint = installed_by(missing) or meant or "is it installed in this environment?"
        raise Unanswerable(f"{shown} cannot be imported: {error}; {hint}") from error
    except (Exception, SystemExit) as error:
        raise Unanswerable(f"{shown} cannot be imported: {told(error)}.") from error


def _siblings(name: str) -> list[str]:
    """The names of the modules beside a module that is not there."""
    parent, dot, _ = name.rpartition(".")
    path = getattr(sys.modules.get(parent), "__path__", None)
    return [parent + dot + info.name for info in pkgutil.iter_modules(path)] if path or not parent else []
