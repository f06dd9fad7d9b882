"""What a worker says of targets: enough to ask questions about them without importing them."""

import hashlib
import importlib.metadata
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lawful.verify.candidates.adapter import TORCH
from lawful.verify.candidates.constructor import Constructor
from lawful.verify.candidates.loading import bundled, load, module
from lawful.verify.errors import Unanswerable, first_line
from lawful.verify.language.families import normal, rules


@dataclass(frozen=True)
class Description:
    """What is known of a target.

    Attributes:
        target: as the user wrote it.
        name: the class's name.
        module: where it was found.
        signature: its constructor, as text.
        parameters: constructor parameter → default (a JSON value; `...` for none, as text for anything else).
        distribution: `name version` of the package that it belongs to, or "".
        source_hash: SHA-256 of the file that defines it.
        rule: the rule that its name claims, or "".
        paths: the ways in which it can run.
    """

    target: str
    name: str
    module: str
    signature: str
    parameters: dict[str, Any]
    distribution: str
    source_hash: str
    rule: str
    paths: list[str]


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
        raise Unanswerable(
            f"{target} has no optimizer whose name is a rule's; say {target}:Class --rule RULE."
        )
    return found


def unasked(target: str) -> dict[str, str]:
    """The optimizers of a module that its name alone does not ask: name → why."""
    from torch.optim import Optimizer

    if ":" in target or target not in sys.modules:
        return {}
    classes = {
        n: c for n, c in vars(sys.modules[target]).items() if isinstance(c, type) and not n.startswith("_")
    }
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
