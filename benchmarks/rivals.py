"""The same optimizers in other people's packages, as far as these are installed."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

from torch.optim import Optimizer

LIBRARIES = (
    "adopt",
    "lion_pytorch",
    "lion_pytorch.foreach",
    "optimi",
    "pytorch_optimizer",
    "torch_optimizer",
)
ALIASES = {"adamwschedulefree": "schedulefreeadamw"}
"""What a reference optimizer is called elsewhere."""


def missing() -> list[str]:
    """The packages that are not installed."""
    return sorted({_package(library) for library in LIBRARIES if find_spec(_package(library)) is None})


def rivals(name: str) -> dict[str, type[Optimizer]]:
    """Library → its own class of this name; what a library only passes on from torch is not its own."""
    wanted = ALIASES.get(name, name.replace("_", ""))
    found: dict[str, type[Optimizer]] = {}
    for library in LIBRARIES:
        if _package(library) not in missing():
            for word, cls in vars(import_module(library)).items():
                if word.lower() == wanted and getattr(cls, "__module__", "").startswith(library):
                    found[library] = cls
    return found


def constructed(cls: type[Optimizer], params: list[Any], options: dict[str, Any]) -> Optimizer | None:
    """With those of the options that it takes, on its foreach path if it has one, after a first step.

    None, and a line that says why, where it does not take a plain list of parameters.
    """
    accepted = signature(cls).parameters
    given = {"lr": 1e-3, "foreach": True, **options}
    try:
        optimizer = cls(params, **{name: value for name, value in given.items() if name in accepted})
        optimizer.step()
    except Exception as error:  # whatever somebody else's code does
        print(f"{cls.__module__}.{cls.__name__} is left out: {error}", file=sys.stderr)
        return None
    return optimizer


def _package(library: str) -> str:
    return library.partition(".")[0]
