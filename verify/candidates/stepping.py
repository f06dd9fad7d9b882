"""A step of a scheduler, given what it asks for: nothing, a metric, or how many steps are done with it."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lawful.verify.candidates.signature import BY_NAME

METRICS = ("metric", "metrics")
"""What a metric is called where it may be left out."""


def asked(step: Callable[..., Any], fed: bool) -> dict[str, str]:
    """What a step is given: argument → "metric" or "done", the steps that are done with this one.

    Args:
        step: the method.
        fed: whether its schedule wants a metric: what is called one, or what the step cannot do without.
    """
    taken = _taken(step)
    metrics = {p.name: "metric" for p in taken if fed and p.name in METRICS}
    lacking = [p.name for p in taken if p.default is p.empty and p.kind in BY_NAME and p.name not in metrics]
    return metrics | dict.fromkeys(lacking, "done" if metrics or not fed else "metric")


def _taken(step: Callable[..., Any]) -> list[inspect.Parameter]:
    """What a method takes; found once of a function, which a run calls thousands of times."""
    function = getattr(step, "__func__", None)
    return _parameters(step)[:] if function is None else _parameters(function)[1:]


@lru_cache(maxsize=256)
def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [*inspect.signature(function).parameters.values()]


def stepped(scheduler: Any, done: int, metric: float | None = None) -> None:
    """Makes the step with which so many are done; with a metric where the schedule wants one."""
    values = {"done": done, "metric": metric}
    given = {name: values[what] for name, what in asked(scheduler.step, metric is not None).items()}
    if metric is None or metric in given.values():
        scheduler.step(**given)
    else:
        scheduler.step(metric, **given)


def call(step: Callable[..., Any], fed: bool) -> str:
    """The call in words, in a loop over `step` from 0, or over `metric`: `scheduler.step(epoch=step + 1)`."""
    words = {"done": "step + 1", "metric": "metric"}
    given = [f"{name}={words[what]}" for name, what in asked(step, fed).items()]
    return f"scheduler.step({', '.join(given) or ('metric' if fed else '')})"
