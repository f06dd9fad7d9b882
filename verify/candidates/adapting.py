"""From what a target names to a class in the manner of torch's: constructed with parameters, and ready to step.

A function becomes the class of what it makes. A step that wants a closure is given one that brings the gradients back
as they are. What refuses to step before its `train()` is called is put into training as it is constructed.
"""

import inspect
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch

from lawful.verify.candidates.places import name_of
from lawful.verify.errors import Unanswerable, told

WRAPPERS_OWN = "arguments_of_the_wrapper"
"""The attribute of a class that is put around others in which stands which arguments are not the inner one's."""


def adapted(found: Any, target: str) -> type:
    """What a target names, as a class.

    Raises:
        Unanswerable: it is no class and makes none, or has no `step` and `zero_grad`.
    """
    if not isinstance(found, type):
        return _made_by(found, target)
    missing = [m for m in ("step", "zero_grad") if not callable(getattr(found, m, None))]
    if missing:
        raise Unanswerable(f"{target} is not an optimizer: it has no {' and no '.join(missing)}.")
    return ready(found)


@cache
def ready(cls: type) -> type:
    """A class that can be stepped as soon as it is constructed, without being told anything."""
    if _wants_closure(cls):
        return _derived(cls, step=_with_closure(cls))
    return _derived(cls, __init__=_in_training(cls)) if _wants_training(cls) else cls


def _made_by(found: Any, target: str) -> type:
    """The class of what a function makes of parameters."""
    kind = type(found).__name__
    if not callable(found):
        hint = f": name its class, {kind}" if callable(getattr(found, "step", None)) else ""
        raise Unanswerable(f"{target} is a {kind}, not a class or a function that makes an optimizer{hint}.")
    name = name_of(target)

    def make(cls: type, params: Any, *args: Any, **kwargs: Any) -> Any:
        made = found(params, *args, **kwargs)
        if not callable(getattr(made, "step", None)):
            raise TypeError(f"{name} makes a {type(made).__name__}, which has no step")
        return made

    said = {"__module__": getattr(found, "__module__", None) or "", "__doc__": found.__doc__}
    said[WRAPPERS_OWN] = getattr(found, WRAPPERS_OWN, frozenset())
    try:
        said["__signature__"] = inspect.signature(found)
    except (TypeError, ValueError) as error:
        raise Unanswerable(f"{target} has no readable signature: {told(error)}.") from error
    return type(name, (), {**said, "__new__": make, "step": found, "zero_grad": found})


def _derived(cls: type, **methods: Callable[..., Any]) -> type:
    """A class with other methods that goes by the same name."""
    return type(cls)(cls.__name__, (cls,), {"__module__": cls.__module__, "__doc__": cls.__doc__, **methods})


def around(outer: Any, inner: type, target: str) -> Callable[..., Any]:
    """A function that makes the inner optimizer of parameters and gives it to the outer; each gets its own arguments.

    Raises:
        Unanswerable: the outer has no signature that Python can read, or takes nothing.
    """
    try:
        _, *own = inspect.signature(outer).parameters.values()
        of_parameters, *rest = inspect.signature(inner).parameters.values()
    except (TypeError, ValueError) as error:
        raise Unanswerable(f"{target} cannot be put around another: {told(error)}.") from error
    names = {p.name for p in own}

    def make(params: Any, **arguments: Any) -> Any:
        outside = {name: value for name, value in arguments.items() if name in names}
        inside = {name: value for name, value in arguments.items() if name not in names}
        return outer(inner(params, **inside), **outside)

    every = [of_parameters, *(p for p in rest if p.name not in names), *own]
    every = [p.replace(kind=p.KEYWORD_ONLY) if p.kind is p.POSITIONAL_OR_KEYWORD else p for p in every[1:]]
    every.sort(key=lambda p: p.kind)
    make.__signature__ = inspect.Signature([of_parameters, *every])  # type: ignore[attr-defined]
    make.__module__, make.__doc__ = outer.__module__, outer.__doc__
    setattr(make, WRAPPERS_OWN, names)
    return make


# ------------------------------------------------------------------------------------------------ closures
def _wants_closure(cls: Any) -> bool:
    """Whether `step` cannot be called without an argument."""
    try:
        _, *rest = inspect.signature(cls.step).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in rest)


def _with_closure(cls: Any) -> Callable[..., Any]:
    def step(self: Any, closure: Callable[[], Any] | None = None) -> Any:
        held = [p for group in self.param_groups for p in group["params"]]
        return cls.step(self, closure or _restoring(held))

    return step


def _restoring(parameters: Sequence[torch.Tensor]) -> Callable[[], torch.Tensor]:
    """A closure that gives parameters the gradients that they have now."""
    kept = [None if p.grad is None else p.grad.detach().clone() for p in parameters]

    def closure() -> torch.Tensor:
        for p, gradient in zip(parameters, kept, strict=True):
            p.grad = None if gradient is None else gradient.clone()
        return torch.zeros(())

    return closure


# ------------------------------------------------------------------------------------------------ training
def _wants_training(cls: Any) -> bool:
    """Whether an optimizer with a mode for training refuses to step before it is told to train."""
    if not all(callable(getattr(cls, mode, None)) for mode in ("train", "eval")):
        return False
    return not _steps(cls) and _steps(_derived(cls, __init__=_in_training(cls)))


def _in_training(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        cls.__init__(self, *args, **kwargs)
        self.train()

    __init__.__signature__ = inspect.signature(cls.__init__)  # type: ignore[attr-defined]
    return __init__


def _steps(cls: Any) -> bool:
    """Whether one weight can be stepped as soon as the optimizer is there."""
    weight = torch.ones(1, requires_grad=True)
    weight.grad = torch.ones(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cls([weight]).step()
    except Exception:
        return False
    return True
