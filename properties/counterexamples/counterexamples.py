"""Counterexamples as data: told of the smallest case that shows a departure, and run again as their script does."""

from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lawful.properties.counterexamples.cases import Case, Departure
from lawful.properties.counterexamples.rerun import Rerun
from lawful.properties.counterexamples.shrinking import shrunk
from lawful.properties.counterexamples.simpler import short
from lawful.properties.runs.running import changed
from lawful.properties.scenarios.moving import held
from lawful.properties.scenarios.scenarios import Scenario
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import told
from lawful.verify.evidence import Check, Counterexample, Whole
from lawful.verify.language.symbols import lr


def counterexample(rerun: Rerun, departure: Departure, found: str, seed: int) -> Counterexample:
    """The counterexample of the smallest case that is found, or of the departure's own.

    Args:
        rerun: of the candidate.
        departure: as the check saw it.
        found: where, in words.
        seed: of its scenario.
    """
    example = _told(rerun, shrunk(rerun, departure) or departure, found, seed)
    try:
        seen = again(rerun.candidate, example, rerun.dtype, rerun.device)
    except Exception:  # what it raises alone is not what was found
        return example
    return replace(example, alone=same(seen, example.seen))


def _told(rerun: Rerun, departure: Departure, found: str, seed: int) -> Counterexample:
    case, dtype = departure.case, departure.case.x0.dtype
    shape = case.shape or tuple(case.x0.shape)
    x0, *gradients = (_decimals(t.expand(shape).tolist(), dtype) for t in (case.x0, *case.gradients))
    lane = departure.lane
    whole = None if case.elements and not case.shape else Whole(x0, gradients, lane, case.pieces)
    return Counterexample(
        constructor=_arguments(rerun, case),
        x0=_at(x0, lane),
        gradients=[_at(gradient, lane) for gradient in gradients],
        schedule={
            k: held_otherwise(rerun.candidate, case.scenario, k)
            for k in case.scenario.changes
            if k <= case.steps
        },
        step=case.steps,
        lane=lane,
        found=found,
        expected=departure.expected,
        seen=departure.seen,
        budget=departure.budget,
        ratio=departure.ratio,
        confirmed=departure.confirmed,
        seed=seed,
        whole=whole,
        elements=1 if whole else max(case.elements, 1),
        before=case.before,
        after=case.after,
        tensor=_tensor(rerun, case),
    )


def held_otherwise(candidate: Candidate, scenario: Scenario, step: int) -> dict[str, Any]:
    """What a group holds otherwise in a step than before, of the keys that it has."""
    names = held(candidate).names
    return {n: v for n, v in changed(candidate, scenario, 0, step).items() if n in names or not names}


def _at(values: Any, lane: int) -> float:
    """A lane of nested lists; a number is every lane's."""
    return float(np.reshape(values, -1)[lane]) if isinstance(values, list) else values


def _decimals(values: Any, dtype: torch.dtype) -> Any:
    return [_decimals(v, dtype) for v in values] if isinstance(values, list) else short(values, dtype)


def _arguments(rerun: Rerun, case: Case) -> dict[str, Any]:
    """What the constructor must be told: the path, and what is not its default."""
    candidate, scenario = rerun.candidate, case.scenario
    arguments = candidate.arguments_for(scenario.options, scenario.hypers[0])
    defaults = {name: parameter.default for name, parameter in candidate.parameters.items()}
    told = {n: v for n, v in arguments.items() if not _equal(v, defaults[n]) or n == _tensor(rerun, case)}
    return told | dict(rerun.path)


def _tensor(rerun: Rerun, case: Case) -> str:
    """The argument that is handed over as a tensor."""
    return rerun.candidate.binding.names.get(lr, "") if case.scenario.tensor_rate else ""


def _equal(value: Any, default: Any) -> bool:
    return isinstance(default, bool | int | float | str | tuple | None) and bool(value == default)


def same(a: float, b: float) -> bool:
    """Whether two values are one, NaN included."""
    return a == b or (isnan(a) and isnan(b))


def again(candidate: Candidate, example: Counterexample, dtype: torch.dtype, device: str) -> float:
    """The value that the candidate arrives at with what the counterexample holds, and nothing else."""
    whole, sparse = example.context, candidate.rule({}).sparse

    def tensors(values: Any) -> list[Tensor]:
        return [torch.tensor(one, dtype=dtype, device=device) for one in whole.cut(values)]

    own = tensors(whole.x0)
    others = [[torch.ones_like(own[0])] * n for n in (example.before, example.after)]
    parameters = [*others[0], *own, *others[1]]
    for p in parameters:
        p.requires_grad_(not example.constructor.get("differentiable"))
    optimizer = candidate.cls(parameters, **_handed_over(example))
    for step, gradient in enumerate(whole.gradients, 1):
        for group in optimizer.param_groups:
            for name, value in example.schedule.get(step, {}).items():
                kept = group.get(name)
                group[name] = torch.full_like(kept, value) if isinstance(kept, Tensor) else value
        slopes = [*others[0], *tensors(gradient), *others[1]]
        for p, slope in zip(parameters, slopes, strict=True):
            own_slope = slope.detach().clone()
            p.grad = own_slope.to_sparse() if sparse else own_slope
        optimizer.step()
    return float(torch.cat([x.detach().reshape(-1) for x in own])[whole.lane].item())


def _handed_over(example: Counterexample) -> dict[str, Any]:
    """The constructor's arguments, one of them perhaps as a tensor."""
    arguments, name = dict(example.constructor), example.tensor
    return {**arguments, name: torch.tensor(arguments[name])} if name in arguments else arguments


def repeated(check: Check, example: Counterexample) -> str:
    """What the counterexample of a check gives now, in words."""
    candidate = Candidate.of(check.target, check.rule, check.arguments, check.names)
    try:
        return f"gives {again(candidate, example, getattr(torch, check.dtype), check.device)!r}"
    except Exception as error:
        return f"raises {told(error)}"
