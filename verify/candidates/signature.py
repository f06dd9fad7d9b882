"""What a constructor takes, read through `*args, **kwargs` to the constructors that it hands them on to."""

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import torch

from lawful.verify.errors import Unanswerable

BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
"""The kinds of parameters that can be given by name."""

Handed = tuple[tuple[str, type], ...]
"""Arguments that are classes, which a constructor may hand its others on to."""


def parameters(cls: type, handed: Handed = ()) -> dict[str, inspect.Parameter]:
    """A constructor's parameters, without self and the optimized parameters.

    Where it takes any keyword, those of the classes that it inherits from, in the order in which Python looks there,
    and of the classes that it is given; of these only such as are seen to arrive somewhere.

    Raises:
        Unanswerable: it has no signature that Python can read.
    """
    return dict(_read(cls, handed))


@cache
def _read(cls: type, handed: Handed) -> dict[str, inspect.Parameter]:
    own, through = _said(cls)
    found = _named(own)
    if not through:
        return found
    givers = [*_inherited(cls), *(given for _, given in handed)]
    every = {n: p for giver in reversed(givers) for n, p in _named(_said(giver)[0]).items()}
    fresh = {n: p for n, p in every.items() if n not in {*found, "params", "defaults"}}
    return found | {n: p for n, p in fresh.items() if _arrives(cls, dict(handed), p)}


def _said(cls: type) -> tuple[list[inspect.Parameter], bool]:
    """A constructor's parameters, and whether it takes any keyword."""
    try:
        every = list(inspect.signature(cls).parameters.values())
    except (TypeError, ValueError) as error:
        raise Unanswerable(f"{cls.__name__} has no readable signature: {error}.") from error
    return every, any(p.kind is p.VAR_KEYWORD for p in every)


def _named(every: list[inspect.Parameter]) -> dict[str, inspect.Parameter]:
    """Those that can be given by name, but for the first, which are the optimized parameters."""
    return {p.name: p for p in every[1:] if p.kind in BY_NAME}


def _inherited(cls: type) -> Iterator[type]:
    """The classes whose constructors are reached: from one that takes any keyword to the next that has one."""
    owners = [c for c in cls.__mro__ if "__init__" in vars(c) and c is not object]
    for owner in owners[1:]:
        yield owner
        if not _said(owner)[1]:
            return


def _arrives(cls: type, handed: Mapping[str, Any], parameter: inspect.Parameter) -> bool:
    """Whether another value of an argument is looked at: refused as a value, or kept by what is constructed."""
    try:
        before = _kept(cls, handed)
    except Exception:  # it needs more than is known here: the signatures are believed
        return True
    try:
        return _kept(cls, {**handed, parameter.name: _other(parameter.default)}) != before
    except TypeError:
        return False
    except Exception:
        return True


def _kept(cls: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """What an optimizer of one weight keeps of its arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = cls([torch.zeros(1, requires_grad=True)], **arguments)
    groups = [{k: v for k, v in g.items() if k != "params"} for g in getattr(made, "param_groups", [])]
    return repr((groups, {k: v for k, v in vars(made).items() if isinstance(v, bool | int | float | tuple)}))


def _other(default: Any) -> Any:
    """Another value of the same kind."""
    match default:
        case bool():
            return not default
        case int() | float():
            return default / 2 or 0.5
        case tuple():
            return tuple(map(_other, default))
        case str():
            return f"{default}_"
    return False if default is None else 0.5
