"""Targets described, by a worker that imports them."""

import hashlib
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lawful.verify.candidates.asking import kind_of
from lawful.verify.candidates.constructor import Constructor
from lawful.verify.candidates.description import Description, Listing
from lawful.verify.candidates.frameworks import adapter_of, drives
from lawful.verify.candidates.loading import bundled, load, meant, module
from lawful.verify.candidates.places import parted
from lawful.verify.candidates.sources import file_of, sources
from lawful.verify.errors import Unanswerable, first_line
from lawful.verify.language.families import rules
from lawful.verify.language.names import normal


def describe(target: str, rule: str = "") -> Description:
    """The description of a target, of which a rule may be said.

    Raises:
        Unanswerable: see `load`.
    """
    maker = meant(target)
    if kind := kind_of(maker, rule):
        return _described(target, maker, kind.taken(maker), kind.claimed(maker), ["default"])
    cls = load(target)
    constructor, name = Constructor(cls, adapter_of(cls)), normal(cls.__name__)
    claim = rules()[name].name if name in rules() else ""
    return _described(target, cls, constructor.parameters, claim, list(constructor.paths))


def _described(
    target: str, cls: Any, parameters: Mapping[str, inspect.Parameter], claim: str, paths: list[str]
) -> Description:
    file = file_of(cls)
    place = Path(file or "").absolute()
    here = file and place.is_relative_to(Path.cwd()) and "site-packages" not in place.parts
    return Description(
        target=target,
        name=cls.__name__,
        module=cls.__module__,
        signature=first_line(str(inspect.signature(cls)))[:1000],
        parameters={n: _json(p.default) for n, p in parameters.items()},
        distribution=_distribution(cls.__module__),
        source_hash=hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else "",
        rule=claim,
        paths=paths,
        file=str(place.relative_to(Path.cwd())) if here else "",
        line=_line(cls),
        sources=_sources(target, cls),
        framework=adapter_of(cls).name,
    )


def _sources(target: str, cls: Any) -> dict[str, str]:
    """The files of a target, and of what it is put around, if that is torch's or nobody's release but its own."""
    outer, inner = sources(cls), parted(target)[1]
    if not inner:
        return outer
    there = load(inner)
    told = _distribution(there.__module__) in ("", _distribution("torch"), _distribution(cls.__module__))
    within = _sources(inner, there) if told else {}
    return {**outer, **within} if outer and within else {}


def _line(cls: type) -> int:
    try:
        return inspect.getsourcelines(vars(cls).get("step", cls))[1]
    except (OSError, TypeError):  # no source, or no Python
        return 0


def listed(target: str) -> Listing:
    """What a word stands for: one target; all optimizers of a module whose names claim a rule; all `bundled`.

    Raises:
        Unanswerable: a module without any.
    """
    from lawful.optimizers import available

    if target == "bundled":
        return Listing(list(available()))
    if ":" in target or normal(target) in map(normal, available()):
        return Listing([target])
    if target.isidentifier() and importlib.util.find_spec(target) is None:
        bundled(target)
    return _of_module(target)


def own(place: str) -> list[str]:
    """The target itself, if it is one; of a module, every optimizer of its package that it has, each under one name.

    Raises:
        Unanswerable: it fails to import, or a module has none.
    """
    if ":" in place:
        return [describe(place).target]
    top = place.partition(".")[0]
    found = {
        cls: name
        for name, cls in sorted(vars(module(place)).items(), key=_by_its_own_name)
        if _is_own(name, cls) and cls.__module__.partition(".")[0] == top
    }
    if not found:
        raise Unanswerable(f"{place} has no optimizer of its own.")
    return [f"{place}:{name}" for name in sorted(found.values(), key=str.lower)]


def _is_own(name: str, found: Any) -> bool:
    """Whether it is an optimizer of any framework that can be stepped, and is meant for use."""
    return (_is_optimizer(name, found) and "step" in dir(found)) or (name[0] != "_" and drives(found))


def _is_optimizer(name: str, found: Any) -> bool:
    """Whether it is a class of torch's optimizers that is meant for use."""
    from torch.optim import Optimizer

    kind = isinstance(found, type) and issubclass(found, Optimizer) and found is not Optimizer
    return kind and not name.startswith("_")


def _by_its_own_name(one: tuple[str, Any]) -> bool:
    """Sorts a class's own name behind its others."""
    return one[0] == getattr(one[1], "__name__", "")


def _of_module(place: str) -> Listing:
    there = sorted(vars(module(place)).items())
    classes = [(n, c) for n, c in there if isinstance(c, type)]
    steps = [n for n, c in classes if callable(getattr(c, "step", None)) and normal(n) in rules()]
    driven = [n for n, c in there if not n.startswith("_") and drives(c)]
    pieces = [n for n, c in there if callable(c) and (kind := kind_of(c)) and kind.claimed(c)]
    claiming = sorted({*steps, *pieces, *(n for n in driven if normal(n) in rules())})
    others = [n for n, c in classes if _is_optimizer(n, c) and normal(n) not in rules()]
    others += [n for n in driven if n not in claiming]
    if not claiming:
        has = f" (it has {', '.join(others)})" if others else ""
        raise Unanswerable(
            f"{place} has no optimizer whose name is a rule's{has}; say {place}:Class --rule RULE."
        )
    why = {f"{place}:{name}": "its name is no rule's" for name in others}
    return Listing([f"{place}:{name}" for name in claiming], why)


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
