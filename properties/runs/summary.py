"""What a check did, in words: how options were varied, what was refused."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch

from lawful.properties.scenarios.scenarios import Block, Scenario, expand
from lawful.verify.candidates.candidate import Candidate


def in_words(
    candidate: Candidate,
    path: Mapping[str, Any],
    scenario: Scenario,
    dtype: torch.dtype,
    blocks: Iterable[Block] = (),
    arguments: Mapping[str, Any] | None = None,
) -> str:
    """The inputs of a run in a sentence: tensors, steps, the constructor's arguments.

    Args:
        candidate: what ran.
        path: the arguments that chose the way to run.
        scenario: what it ran through.
        dtype: of the parameters.
        blocks: the tensors, where they are not the scenario's own.
        arguments: of the constructor, besides.
    """
    given = candidate.arguments_for(scenario.options, scenario.hypers[0])
    said = ", ".join(f"{n}={v!r}" for n, v in {**given, **path, **(arguments or {})}.items())
    shapes = ", ".join(str(tuple(block.x0.shape)) for block in blocks or expand(scenario, dtype))
    groups = "" if len(scenario.hypers) == 1 else f" in {len(scenario.hypers)} groups"
    name = str(dtype).removeprefix("torch.")
    steps = f"{scenario.steps} steps" if scenario.steps > 1 else "one step"
    return f"On {name} tensors of shape {shapes}{groups}, {steps}, constructed with {said}."


def exercised(seen: list[Scenario]) -> dict[str, str]:
    """How each option and hyperparameter was varied."""
    values: dict[str, set[Any]] = {}
    for scenario in seen:
        for name, value in [
            *scenario.options.items(),
            *([("scheduler", scenario.scheduler)] if scenario.scheduler else []),
            *((s.name, v) for h in scenario.hypers for s, v in h.items()),
        ]:
            values.setdefault(name, set()).add(value)
    return {name: _range(list(found)) for name, found in values.items()}


def _range(values: list[Any]) -> str:
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) and len(values) > 2:
        return f"{min(values):g} … {max(values):g} ({len(values)} values)"
    return ", ".join(sorted(map(str, values)))


def refusal_notes(refusals: list[str]) -> list[str]:
    """What was refused, each reason once."""
    return [f"refused {refusals.count(r)} scenario(s): {r}" for r in dict.fromkeys(refusals)]
