"""Runs followed step by step, and values compared bit for bit."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor

from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.candidates.surroundings import seeded
from lawful.verify.errors import told


def alone(scenario: Scenario, block: Block, steps: Iterable[int] | None = None) -> tuple[Scenario, Block]:
    """One tensor as the only one, at those of the scenario's steps at which it has a gradient."""
    gradients = block.gradients if steps is None else block.gradients[[step - 1 for step in steps]]
    own = replace(scenario, hypers=(scenario.hypers[block.group],), steps=len(gradients))
    return own, replace(block, group=0, gradients=gradients)


def followed(run: Run, steps: Iterable[int]) -> list[list[Tensor]]:
    """The values of each tensor after each of these steps.

    Random numbers begin anew with each, so that a run that is resumed draws what it would have drawn.
    """
    seen: list[list[Tensor]] = [[] for _ in run.parameters]
    for step in steps:
        seeded()
        run.change(step)
        run.feed(step)
        run.step(step)
        for values, now in zip(seen, copied(run.parameters), strict=True):
            values.append(now)
    return seen


def copied(tensors: Iterable[Tensor]) -> list[Tensor]:
    """Values as they are now."""
    return [tensor.detach().clone() for tensor in tensors]


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are equal; NaN equals NaN."""
    return a.shape == b.shape and bool(((a == b) | (a.isnan() & b.isnan())).all())


def deviation(a: Tensor, b: Tensor, budget: Tensor) -> float:
    """The largest difference in units of the budget; 0 where the budget is infinite."""
    a, b = (v.detach().cpu().to(torch.float64).reshape(budget.shape) for v in (a, b))
    off = torch.where((a == b) | (a.isnan() & b.isnan()), 0.0, torch.nan_to_num((a - b).abs(), torch.inf))
    share = torch.where((off > 0) & torch.isfinite(budget), off / budget, 0.0)
    return float(share.max()) if share.numel() else 0.0


@contextmanager
def never_raising(what: str) -> Iterator[None]:
    """What a user does beside stepping must not raise.

    Raises:
        RaisedError: it does.
    """
    try:
        yield
    except (RaisedError, RefusedError, NotOffered):
        raise
    except Exception as error:
        raise RaisedError(f"{what} raises {told(error)}") from error
