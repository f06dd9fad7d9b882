"""A candidate tried once before it is asked anything: what cannot be constructed and stepped answers no question."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.runs.taken import nearest_taken
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block, expand
from lawful.verify.candidates.asking import candidate_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check

HELD = ("param_groups", "state")
"""What checks look at and set."""


def tried(check: Check, seed: int) -> None:
    """Constructs the candidate of a check at its defaults, and steps it; in float32, or where it does not take that in
    the widest format that it takes.

    Raises:
        Unanswerable: it cannot be constructed, is not driven as torch's optimizers are, or cannot be stepped.
    """
    candidate = candidate_of(check.target, check.rule, check.arguments, check.names)
    if not isinstance(candidate, Candidate):
        return  # whether it can be constructed is what is asked first
    run = _constructed(candidate, candidate.paths[check.path], seed)
    name, lacking = candidate.cls.__name__, [held for held in HELD if not hasattr(run.optimizer, held)]
    if lacking:
        raise Unanswerable(
            f"{name} is not driven as torch.optim.Optimizer is: it has no {' and no '.join(lacking)}; "
            "name a function that makes it into one."
        )
    try:
        next(run.steps())
    except (RefusedError, RaisedError) as error:
        what = f"{name}{_given(candidate.arguments)} cannot"
        refused = [block for block in run.blocks if _refuses(run, block)]
        if 0 < len(refused) < len(run.blocks):
            shape = tuple(refused[0].x0.shape)
            raise Unanswerable(f"{what} step a tensor of shape {shape}: {_ended(error)}") from error
        raise Unanswerable(f"{what} be stepped: {_ended(error)}") from error


def _refuses(run: Run, block: Block) -> bool:
    """Whether the candidate of a run cannot step one of its tensors by itself."""
    try:
        next(replace(run, blocks=[replace(block, group=0)]).steps())
    except (RefusedError, RaisedError):
        return True
    return False


def _constructed(candidate: Candidate, path: Mapping[str, Any], seed: int) -> Run:
    scenario = default_scenario(candidate, seed)
    try:
        return Run(candidate, path, scenario, expand(scenario, nearest_taken(candidate, torch.float32)))
    except (RefusedError, RaisedError) as error:
        given = _given(candidate.arguments) or " with groups of parameters"
        raise Unanswerable(
            f"{candidate.cls.__name__} cannot be constructed{given}: {_ended(error)}"
        ) from error


def _given(arguments: Mapping[str, Any]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return f" with {given}" if given else ""


def _ended(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."
