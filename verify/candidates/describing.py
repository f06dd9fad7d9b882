"""Targets described, by a worker that imports them."""

import hashlib
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lawful.verify.candidates.adapter import TORCH
from lawful.verify.candidates.constructor import Constructor
from lawful.verify.candidates.description import Description
from lawful.verify.candidates.loading import bundled, load, module
from lawful.verify.errors import Unanswerable, first_line
from lawful.verify.language.families import rules
from lawful.verify.language.names import normal


def describe(target: str) -> Description:
    """The description of a target.

    Raises:
        Unanswerable: see `load`.
    """
    cls = load(target)
    constructor, file = Constructor(cls, TORCH), inspect.getsourcefile(cls)
    return Description(
        target=target,
        name=cls.__name__,
        module=cls.__module__,
        signature=first_line(str(inspect.signature(cls)))[:1000],
        parameters={n: _json(p.default) for n, p in constructor.parameters.items()},
        distribution=_distribution(cls.__module__),
        source_hash=hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else "",
        rule=rules()[normal(cls.__name__)].name if normal(cls.__name__) in rules() else "",
        paths=list(constructor.paths),
    )


def targets_of(target: str) -> list[str]:
    """The targets that a word stands for: one; all optimizers of a module whose names claim a rule; all `bundled`.

    Raises:
        Unanswerable: a module without any.
    """
    from lawful.optimizers import available

    if target == "bundled":
        return list(available())
    if ":" in target or normal(target) in map(normal, available()):
        return [target]
    if target.isidentifier() and importlib.util.find_spec(target) is None:
        bundled(target)
    classes = {
        n: c
        for n, c in vars(module(target)).items()
        if isinstance(c, type) and callable(getattr(c, "step", None))
    }
    found = [f"{target}:{name}" for name in sorted(classes) if normal(name) in rules()]
    if not found:
        others = ", ".join(name.rpartition(":")[2] for name in unasked(target))
        has = f" (it has {others})" if others else ""
        raise Unanswerable(
            f"{target} has no optimizer whose name is a rule's{has}; say {target}:Class --rule RULE."
        )
    return found


def unasked(target: str) -> dict[str, str]:
    """The optimizers of a module that its name alone does not ask: name → why."""
    from torch.optim import Optimizer

    from lawful.optimizers import available

    if ":" in target or target == "bundled" or normal(target) in map(normal, available()):
        return {}
    public = {name: value for name, value in vars(module(target)).items() if not name.startswith("_")}
    classes = {name: value for name, value in public.items() if isinstance(value, type)}
    return {
        f"{target}:{name}": "its name is no rule's"
        for name, cls in sorted(classes.items())
        if issubclass(cls, Optimizer) and cls is not Optimizer and normal(name) not in rules()
    }


def _json(value: Any) -> Any:
    if value is inspect.Parameter.empty:
        return "..."
    return value if type(value) in (bool, int, float, str, type(None)) else repr(value)


def _distribution(module: str) -> str:
    top = module.partition(".")[0]
    names = _distributions().get(top, [])
    return f"{names[0]} {importlib.metadata.version(names[0])}" if names else ""


@cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()
